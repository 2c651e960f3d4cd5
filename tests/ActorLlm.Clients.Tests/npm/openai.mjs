import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { model, nodes, simulatorNode } from './cluster.mjs';
import { contentContract } from './content.mjs';
import { contract } from './contract.mjs';
import { faultContract } from './faults.mjs';
import { responsesContract } from './responses.mjs';
import { run } from './run.mjs';

const client = {
  name: 'openai',
  errors: { 400: 'BadRequestError', 404: 'NotFoundError', 422: 'UnprocessableEntityError', 429: 'RateLimitError', 500: 'InternalServerError', 503: 'InternalServerError' },
  detailsOf: ({ status, code, param }) => ({ status, code, param }),
  brokenBy: ({ code }) => code,
  waitsAsAsked: true,

  async ask(request) {
    const completion = await create(request, {});
    const [choice] = completion.choices;
    return { id: completion.id, text: choice.message.content, finish: choice.finish_reason, ...usageOf(completion) };
  },

  async stream(request, onPiece) {
    const reply = { text: '' };
    for await (const chunk of await create(request, { stream: true, stream_options: { include_usage: true } })) {
      reply.id = chunk.id;
      if (chunk.usage) Object.assign(reply, usageOf(chunk));
      for (const { delta, finish_reason: finish } of chunk.choices) {
        reply.finish = finish ?? reply.finish;
        if (!delta.content) continue;
        reply.text += delta.content;
        await onPiece(delta.content);
      }
    }
    return reply;
  },

  async useTools(request, tools, streamed) {
    const runner = sdk(request).chat.completions.runTools({
      model, messages: request.messages, stream: streamed,
      tools: tools.map(({ name, description, schema, execute }) => zodFunction({ name, description, parameters: schema, function: execute })),
    });
    return runner.finalContent();
  },

  async shaped(request, schema, streamed) {
    const body = { model, messages: request.messages, response_format: zodResponseFormat(schema, 'forecast') };
    const completions = sdk(request).chat.completions;
    const { choices } = streamed ? await completions.stream(body).finalChatCompletion() : await completions.parse(body);
    return choices[0].message.parsed;
  },

  image: url => ({ type: 'image_url', image_url: { url, detail: 'low' } }),

  async embed(request, texts) {
    const { data } = await sdk(request).embeddings.create({ model: request.model, input: texts });
    return data.map(({ embedding }) => embedding);
  },
};

function sdk({ node = nodes[0], retries = 0, fetch }) {
  return new OpenAI({ apiKey: 'unused', baseURL: node, maxRetries: retries, fetch });
}

function create({ messages, headers, signal, maxTokens, temperature, store, ...request }, more) {
  const body = { model: request.model, messages, store, max_completion_tokens: maxTokens, temperature, ...more };
  return sdk(request).chat.completions.create(body, { headers, signal });
}

function usageOf({ usage }) {
  assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  return { input: usage.prompt_tokens, output: usage.completion_tokens };
}

async function chunksOf(body) {
  const chunks = [];
  for await (const chunk of await sdk({}).chat.completions.create({ model, stream: true, ...body })) chunks.push(chunk);
  return chunks;
}

await run({
  ...contract(client),
  ...contentContract(client),
  ...faultContract(client),
  ...responsesContract,

  'models': async () => {
    const listed = [];
    for await (const one of sdk({}).models.list()) listed.push(one.id);
    assert.ok(listed.includes(model), listed);
    const one = await sdk({ node: nodes[1] }).models.retrieve(model);
    assert.deepEqual([one.id, one.object], [model, 'model']);
    await assert.rejects(() => sdk({}).models.retrieve('no-such-model'), OpenAI.NotFoundError);
  },

  'chunks': async () => {
    const messages = [{ role: 'user', content: 'npm-openai-chunks [[reply tokens=3]]' }];
    const chunks = await chunksOf({ messages, stream_options: { include_usage: true } });
    const last = chunks.pop();
    assert.deepEqual([last.choices, last.usage.completion_tokens], [[], 3]);
    assert.deepEqual(new Set(chunks.map(chunk => chunk.usage)), new Set([null]));
    assert.equal(new Set([last, ...chunks].map(({ id, created, model }) => `${id} ${created} ${model}`)).size, 1);
    assert.deepEqual(chunks[0].choices[0].delta, { role: 'assistant', content: '', refusal: null });
    assert.deepEqual(chunks.at(-1).choices[0], { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' });

    const unasked = await chunksOf({ messages });
    assert.ok(unasked.every(chunk => !chunk.usage && chunk.choices.length === 1));
  },

  'choices': async () => {
    const body = { model, store: false, n: 3, messages: [{ role: 'user', content: 'npm-openai-choices [[reply vary tokens=12]]' }] };
    const plain = await sdk({}).chat.completions.create(body);
    const streamed = await sdk({}).chat.completions.stream(body).finalChatCompletion();
    for (const { choices } of [plain, streamed]) {
      assert.deepEqual(choices.map(choice => [choice.index, choice.finish_reason]), [[0, 'stop'], [1, 'stop'], [2, 'stop']]);
      assert.equal(new Set(choices.map(choice => choice.message.content)).size, 3);
      for (const { message } of choices) assert.ok(message.content.startsWith('[simulator] You said: npm-openai-choices ...'), message.content);
    }
    assert.equal(plain.usage.completion_tokens, 36);
    await assert.rejects(() => sdk({}).chat.completions.create({ ...body, store: true }), { status: 400, param: 'n' });
  },

  'tool-chunks': async () => {
    const tool = { type: 'function', function: { name: 'lookup', parameters: { type: 'object', properties: { what: { type: 'string' } } } } };
    const messages = [{ role: 'user', content: 'npm-openai-tool-chunks' }];
    const body = { messages, tools: [tool], tool_choice: { type: 'function', function: { name: 'lookup' } } };

    const { choices: [plain] } = await sdk({}).chat.completions.create({ model, ...body });
    const chunks = await chunksOf(body);

    assert.deepEqual([plain.finish_reason, plain.message.content], ['tool_calls', null]);
    const [call] = plain.message.tool_calls;
    const [first, ...more] = chunks.flatMap(chunk => chunk.choices[0].delta.tool_calls ?? []);
    assert.deepEqual(first, { index: 0, id: call.id, type: 'function', function: { name: 'lookup', arguments: '' } });
    for (const one of more) assert.deepEqual(Object.keys(one), ['index', 'function']);
    assert.equal(more.map(one => one.function.arguments).join(''), call.function.arguments);
    assert.deepEqual(JSON.parse(call.function.arguments), { what: 'npm-openai-tool-chunks' });
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'tool_calls');
  },

  'tool-in-a-conversation': async () => {
    const options = { headers: { 'X-Conversation-Id': 'npm-openai-tool' } };
    const tools = [{ type: 'function', function: { name: 'lookup', parameters: { type: 'object' } } }];
    const asked = { role: 'user', content: 'npm-openai-tool [[reply call=lookup]]' };
    const { choices: [{ message }] } = await sdk({}).chat.completions.create({ model, tools, messages: [asked] }, options);
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'found' };
    // The call is in the cluster's history: its result comes alone, to another node.
    const reply = await sdk({ node: nodes[1] }).chat.completions.create({ model, tools, messages: [result] }, options);
    const direct = await sdk({ node: simulatorNode }).chat.completions.create({ model, tools, messages: [asked, message, result] });
    assert.equal(reply.choices[0].message.content, direct.choices[0].message.content);
  },

  'tools-as-sent': async () => {
    // The model wrote no JSON here, the schema is one that the word strict would change, and the other tool has none.
    const call = { id: 'call_1', type: 'function', function: { name: 'lookup', arguments: '{ "what" : "the' } };
    const parameters = { type: ['object'], properties: { what: { type: 'string' } }, $comment: 'kept' };
    const ask = async (node, strict) => {
      const { choices: [{ message }] } = await sdk({ node }).chat.completions.create({
        model, tool_choice: 'auto', parallel_tool_calls: false,
        tools: [{ type: 'function', function: { name: 'lookup', parameters, strict } }, { type: 'function', function: { name: 'other' } }],
        messages: [
          { role: 'user', content: 'npm-openai-tools-as-sent' },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: call.id, content: 'not understood' },
        ],
      });
      return message.content;
    };
    assert.equal(await ask(nodes[0], true), await ask(simulatorNode, true));
    assert.notEqual(await ask(nodes[0], false), await ask(simulatorNode, true));
  },

  'embeddings-forms': async () => {
    const create = body => sdk({}).embeddings.create({ model, ...body });
    // The client asks for base64 by itself, and decodes it.
    const packed = await create({ input: 'npm-openai-embeddings', dimensions: 3 });
    const plain = await create({ input: ['npm-openai-embeddings'], dimensions: 3, encoding_format: 'float' });
    assert.equal(packed.data[0].embedding.length, 3);
    assert.deepEqual(packed.data[0].embedding, plain.data[0].embedding.map(Math.fround));
    assert.deepEqual([packed.object, packed.model, packed.usage], ['list', model, { prompt_tokens: 6, total_tokens: 6 }]);
    assert.equal((await create({ input: [1, 2, 3] })).data.length, 1);
    assert.equal((await create({ input: [[1, 2], [3]] })).data.length, 2);
    await assert.rejects(() => create({ input: [] }), OpenAI.BadRequestError);
    await assert.rejects(() => create({ input: 'a', dimensions: 0 }), error => error.status === 400 && error.param === 'input' && /dimensions/.test(error.message));
  },

  'json-object': async () => {
    const messages = [{ role: 'user', content: 'npm-openai-json' }];
    const { choices } = await sdk({}).chat.completions.create({ model, messages, response_format: { type: 'json_object' } });
    assert.deepEqual(JSON.parse(choices[0].message.content), { answer: 'npm-openai-json' });
  },

  'helper': async () => {
    const runner = sdk({}).chat.completions.stream({ model, messages: [{ role: 'user', content: 'npm-openai-helper' }] });
    let text = '';
    runner.on('content', delta => { text += delta; });
    const completion = await runner.finalChatCompletion();
    assert.equal(completion.choices[0].message.content, text);
    assert.ok(text.includes('npm-openai-helper'), text);
  },

  'unknown-field': async () => {
    const completion = await sdk({}).chat.completions.create({
      model, messages: [{ role: 'user', content: 'npm-openai-unknown-field', some_future_field: 1 }], store: true, user: 'me', service_tier: 'auto',
      metadata: { purpose: 'test' }, prompt_cache_key: 'a', some_future_field: { any: ['value'] },
    });
    assert.equal(completion.choices[0].finish_reason, 'stop');
  },
});
