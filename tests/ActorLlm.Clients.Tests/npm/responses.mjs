// The Responses and the Conversations API, by npm's openai.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { calls, model, nodes, simulatorNode } from './cluster.mjs';

const sdk = (node = nodes[0]) => new OpenAI({ apiKey: 'unused', baseURL: node, maxRetries: 0 });
const word = check => `npm-openai-${check}`;
const tool = { type: 'function', name: 'lookup', parameters: { type: 'object', properties: { what: { type: 'string' } } }, strict: false };

/** A reply that takes a while and is another one each time the model is called. */
const slow = check => `${word(check)} [[reply tokens=40 inter=40 vary]]`;

/** Reads events until enough of the text has come; all of it where nothing is said. */
async function read(events, enough = Infinity) {
  const seen = { text: '', last: -1, types: [] };
  for await (const event of events) {
    assert.ok(event.sequence_number > seen.last, `${event.sequence_number} after ${seen.last}`);
    seen.last = event.sequence_number;
    seen.types.push(event.type);
    if (event.response) seen.response = event.response;
    if (event.type === 'response.output_text.delta') seen.text += event.delta;
    if (seen.text.length >= enough) break;
  }
  return seen;
}

async function ended(id, node) {
  for (;;) {
    const response = await sdk(node).responses.retrieve(id);
    if (!['queued', 'in_progress'].includes(response.status)) return response;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function itemsOf(page) {
  const items = [];
  for await (const item of page) items.push(item);
  return items;
}

const textsOf = items => items.map(item => item.content[0].text);

export const responsesContract = {
  'responses': async () => {
    const made = await sdk().responses.create({
      model, input: `${word('responses')} [[reply tokens=7]]`, instructions: 'Be brief.', metadata: { purpose: 'test' }, temperature: 0.5, some_future_field: 1,
    });
    assert.deepEqual([made.status, made.usage.output_tokens, made.instructions, made.metadata.purpose], ['completed', 7, 'Be brief.', 'test']);
    assert.ok(made.output_text.startsWith(`[simulator] You said: ${word('responses')}`), made.output_text);
    const read = await sdk(nodes[1]).responses.retrieve(made.id);
    assert.deepEqual({ ...read, created_at: made.created_at }, { ...made });
    const items = await itemsOf(sdk(nodes[2]).responses.inputItems.list(made.id));
    assert.deepEqual(textsOf(items), [`${word('responses')} [[reply tokens=7]]`]);
    const { choices } = await sdk(simulatorNode).chat.completions.create({
      model, messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: `${word('responses')} [[reply tokens=7]]` }],
    });
    assert.equal(made.output_text, choices[0].message.content);
  },

  'responses-stream': async () => {
    const streamed = await read(await sdk().responses.create({ model, input: `${word('responses-stream')} [[reply tokens=30 inter=20]]`, stream: true }));
    assert.deepEqual([...new Set(streamed.types)], [
      'response.created', 'response.in_progress', 'response.output_item.added', 'response.content_part.added', 'response.output_text.delta',
      'response.output_text.done', 'response.content_part.done', 'response.output_item.done', 'response.completed',
    ]);
    assert.equal(streamed.text, streamed.response.output[0].content[0].text);
    assert.equal((await sdk(nodes[2]).responses.retrieve(streamed.response.id)).output_text, streamed.text);
  },

  'responses-helper': async () => {
    const stream = sdk().responses.stream({ model, input: word('responses-helper'), tools: [tool] });
    let text = '';
    stream.on('response.output_text.delta', event => { text += event.delta; });
    const { output_text: whole, status } = await stream.finalResponse();
    assert.deepEqual([status, text], ['completed', whole]);
  },

  'responses-tools': async () => {
    const asked = { role: 'user', content: `${word('responses-tools')} [[reply call=lookup]]` };
    const called = await sdk().responses.create({ model, input: [asked], tools: [tool] });
    const [call] = called.output;
    assert.deepEqual([call.type, call.name, Object.keys(JSON.parse(call.arguments))], ['function_call', 'lookup', ['what']]);
    const output = { type: 'function_call_output', call_id: call.call_id, output: 'found' };
    // The call is in the cluster's history: its result comes alone, to another node. Or all of it comes again.
    const alone = await sdk(nodes[1]).responses.create({ model, tools: [tool], input: [output], previous_response_id: called.id });
    const whole = await sdk(nodes[2]).responses.create({ model, tools: [tool], input: [asked, call, output] });
    assert.equal(alone.output_text, whole.output_text);

    const streamed = await read(await sdk().responses.create({ model, input: [asked], tools: [tool], stream: true }));
    assert.deepEqual(streamed.response.output[0].arguments, call.arguments);
    assert.ok(streamed.types.includes('response.function_call_arguments.done'), String(streamed.types));
  },

  'responses-structured': async () => {
    const format = zodTextFormat(z.object({ answer: z.string() }), 'answer');
    const { output_parsed: parsed } = await sdk().responses.parse({ model, input: word('responses-structured'), text: { format } });
    assert.equal(typeof parsed.answer, 'string');
  },

  'responses-image': async () => {
    const content = [
      { type: 'input_text', text: word('responses-image') },
      { type: 'input_image', detail: 'low', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    ];
    const made = await sdk().responses.create({ model, input: [{ role: 'user', content }] });
    assert.equal(made.status, 'completed');
    assert.deepEqual((await itemsOf(sdk(nodes[1]).responses.inputItems.list(made.id)))[0].content[1].image_url, content[1].image_url);
  },

  'responses-background': async () => {
    const made = await sdk().responses.create({ model, input: slow('responses-background'), background: true });
    assert.ok(['queued', 'in_progress'].includes(made.status), made.status);
    const done = await ended(made.id, nodes[1]);
    assert.deepEqual([done.status, done.background, done.usage.output_tokens], ['completed', true, 40]);
    assert.equal((await calls(word('responses-background'))).started, 1);
  },

  'responses-resume': async () => {
    const begun = await read(await sdk().responses.create({ model, input: slow('responses-resume'), background: true, stream: true }), 20);
    const { id } = begun.response;
    // Left in mid-stream, and taken up at another node, twice: while the model still speaks, and after its end.
    for (const when of ['running', 'ended']) {
      const rest = await read(await sdk(nodes[1]).responses.retrieve(id, { stream: true, starting_after: begun.last }));
      const whole = await ended(id, nodes[2]);
      assert.equal(begun.text + rest.text, whole.output_text, when);
      assert.equal(rest.types.at(-1), 'response.completed');
    }
    assert.equal((await calls(word('responses-resume'))).started, 1);
  },

  'responses-same-key': async () => {
    const headers = { 'Idempotency-Key': word('responses-same-key') };
    const body = { model, input: slow('responses-same-key') };
    const [first, second] = await Promise.all([sdk().responses.create(body, { headers }), sdk(nodes[1]).responses.create(body, { headers })]);
    assert.deepEqual([second.id, second.output_text], [first.id, first.output_text]);
    assert.equal((await calls(word('responses-same-key'))).started, 1);
    await assert.rejects(() => sdk().responses.create({ ...body, input: 'other' }, { headers }), OpenAI.UnprocessableEntityError);
  },

  'responses-chain': async () => {
    let [previous, length] = [undefined, 0];
    for (const node of nodes) {
      const input = `${word('responses-chain')} ${length}`;
      const made = await sdk(node).responses.create({ model, input, previous_response_id: previous?.id });
      length += input.length;
      assert.equal(made.usage.input_tokens, Math.ceil(length / 4), 'The model did not see all that was said before.');
      length += made.output_text.length;
      previous = made;
    }
    // Two go on from the same one at once: both are right, and neither sees the other.
    const input = `${word('responses-chain')} fork`;
    const forks = await Promise.all(nodes.map(node => sdk(node).responses.create({ model, input, previous_response_id: previous.id })));
    assert.deepEqual(new Set(forks.map(fork => fork.usage.input_tokens)), new Set([Math.ceil((length + input.length) / 4)]));
    assert.equal(new Set(forks.map(fork => fork.id)).size, nodes.length);
  },

  'responses-cancel': async () => {
    const made = await sdk().responses.create({ model, input: `${word('responses-cancel')} [[reply tokens=3000 inter=100]]`, background: true });
    assert.equal((await sdk(nodes[1]).responses.cancel(made.id)).status, 'cancelled');
    assert.equal((await sdk(nodes[2]).responses.retrieve(made.id)).status, 'cancelled');
  },

  'responses-delete': async () => {
    const made = await sdk().responses.create({ model, input: word('responses-delete') });
    await sdk(nodes[1]).responses.delete(made.id);
    await assert.rejects(() => sdk(nodes[2]).responses.retrieve(made.id), OpenAI.NotFoundError);
    await assert.rejects(() => sdk().responses.create({ model, input: 'x', previous_response_id: made.id }), OpenAI.BadRequestError);
  },

  'responses-not-stored': async () => {
    const body = { model, input: word('responses-not-stored'), store: false };
    const plain = await sdk().responses.create(body);
    const streamed = await read(await sdk(nodes[1]).responses.create({ ...body, stream: true }));
    assert.deepEqual([plain.status, streamed.text], ['completed', plain.output_text]);
    await assert.rejects(() => sdk().responses.retrieve(plain.id), OpenAI.NotFoundError);
  },

  'responses-failed': async () => {
    await assert.rejects(() => sdk().responses.create({ model, input: `${word('responses-failed')} [[fault status=400]]` }), OpenAI.BadRequestError);
    await assert.rejects(() => sdk().responses.create({ model: 'no-such-model', input: 'x' }), OpenAI.NotFoundError);
    const streamed = await read(await sdk().responses.create({ model, input: `${word('responses-failed')} 2 [[fault status=400]]`, stream: true }));
    assert.deepEqual([streamed.types.at(-1), streamed.response.status], ['response.failed', 'failed']);
    assert.equal((await sdk(nodes[1]).responses.retrieve(streamed.response.id)).status, 'failed');
  },

  'conversations': async () => {
    const { conversations } = sdk();
    const made = await conversations.create({ metadata: { topic: 'a' }, items: [{ type: 'message', role: 'user', content: word('conversations') }] });
    const reply = await sdk(nodes[1]).responses.create({ model, input: 'Go on.', conversation: made.id });
    assert.equal(reply.conversation.id, made.id);
    const chat = await sdk(nodes[2]).chat.completions.create(
      { model, messages: [{ role: 'user', content: 'And on.' }] }, { headers: { 'X-Conversation-Id': made.id } });
    const items = await itemsOf(conversations.items.list(made.id, { order: 'asc', limit: 2 }));
    assert.deepEqual(textsOf(items), [word('conversations'), 'Go on.', reply.output_text, 'And on.', chat.choices[0].message.content]);

    assert.deepEqual(await conversations.items.retrieve(items[1].id, { conversation_id: made.id }), items[1]);
    await conversations.items.delete(items[0].id, { conversation_id: made.id });
    const added = await conversations.items.create(made.id, { items: [{ type: 'message', role: 'user', content: 'More.' }] });
    const left = await itemsOf(sdk(nodes[1]).conversations.items.list(made.id, { order: 'asc' }));
    assert.deepEqual(left.map(item => item.id), [...items.slice(1).map(item => item.id), added.data[0].id]);

    assert.equal((await conversations.update(made.id, { metadata: { topic: 'b' } })).metadata.topic, 'b');
    assert.equal((await sdk(nodes[2]).conversations.retrieve(made.id)).metadata.topic, 'b');
    assert.equal((await conversations.delete(made.id)).deleted, true);
    await assert.rejects(() => sdk(nodes[1]).conversations.retrieve(made.id), OpenAI.NotFoundError);
    await assert.rejects(() => sdk().responses.create({ model, input: 'x', conversation: made.id }), OpenAI.NotFoundError);
  },
};
