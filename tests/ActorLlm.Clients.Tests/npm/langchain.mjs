import assert from 'node:assert/strict';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';
import { nodes, model } from './cluster.mjs';
import { contentContract } from './content.mjs';
import { contract } from './contract.mjs';
import { faultContract } from './faults.mjs';
import { run } from './run.mjs';

const client = {
  name: 'langchain',
  errors: { 400: 'BadRequestError', 404: 'NotFoundError', 422: 'UnprocessableEntityError', 429: 'RateLimitError', 500: 'InternalServerError', 503: 'InternalServerError', context_length_exceeded: 'ContextOverflowError' },
  // A prompt that is too long has a class of its own, with the error beneath.
  detailsOf: ({ cause, status = cause?.status, code = cause?.code, param = cause?.param }) => ({ status, code, param }),
  brokenBy: ({ code }) => code,
  // It waits as long as its own backoff says, 1 s and more.
  waitsAsAsked: false,

  async ask(request) {
    const message = await chat(request).invoke(request.messages, { signal: request.signal });
    return replyOf(message);
  },

  async stream(request, onPiece) {
    const chunks = await chat(request).stream(request.messages, { signal: request.signal });
    return replyOf(await whole(chunks, onPiece));
  },

  async useTools(request, tools, streamed) {
    const named = new Map(tools.map(({ name, description, schema, execute }) => [name, tool(execute, { name, description, schema })]));
    const bound = chat(request).bindTools([...named.values()]);
    const messages = [...request.messages];
    while (true) {
      const message = streamed ? await whole(await bound.stream(messages)) : await bound.invoke(messages);
      if (!message.tool_calls?.length) return message.text;
      messages.push(message);
      for (const call of message.tool_calls) messages.push(await named.get(call.name).invoke(call));
    }
  },

  async shaped(request, schema, streamed) {
    const shaping = chat(request).withStructuredOutput(schema, { method: 'jsonSchema', name: 'forecast' });
    if (!streamed) return shaping.invoke(request.messages);
    let last;
    for await (const part of await shaping.stream(request.messages)) last = part;
    return last;
  },

  image: url => ({ type: 'image_url', image_url: { url } }),

  embed({ node, model, retries }, texts) {
    return new OpenAIEmbeddings({ model, apiKey: 'unused', maxRetries: retries, configuration: { baseURL: node } }).embedDocuments(texts);
  },
};

await run({
  ...contract(client),
  ...contentContract(client),
  ...faultContract(client),

  'structured-by-a-tool': async () => {
    const shaping = chat({ node: nodes[0], model }).withStructuredOutput(z.object({ city: z.string() }), { method: 'functionCalling' });
    assert.deepEqual(await shaping.invoke('npm-langchain-by-a-tool'), { city: 'npm-langchain-by-a-tool' });
  },

  'responses': async () => {
    const chatting = new ChatOpenAI({ model, apiKey: 'unused', useResponsesApi: true, maxRetries: 0, configuration: { baseURL: nodes[1] } });
    const reply = await chatting.invoke('npm-langchain-responses');
    assert.ok(reply.text.startsWith('[simulator] You said: npm-langchain-responses'), reply.text);
    const streamed = await whole(await chatting.stream('npm-langchain-responses'));
    assert.equal(streamed.text, reply.text);
    assert.deepEqual(streamed.usage_metadata.output_tokens, reply.usage_metadata.output_tokens);
  },
});

function chat({ node, model, headers, maxTokens, temperature, store, retries, fetch }) {
  return new ChatOpenAI({
    model,
    apiKey: 'unused',
    maxTokens,
    temperature,
    modelKwargs: { store },
    maxRetries: retries,
    configuration: { baseURL: node, defaultHeaders: headers, fetch },
  });
}

async function whole(chunks, onPiece = () => {}) {
  let message;
  for await (const chunk of chunks) {
    message = message?.concat(chunk) ?? chunk;
    if (chunk.text) await onPiece(chunk.text);
  }
  return message;
}

function replyOf({ id, text, response_metadata: metadata, usage_metadata: usage }) {
  return { id, text, finish: metadata.finish_reason, input: usage.input_tokens, output: usage.output_tokens };
}
