// What every client must see of the cluster. The clients differ in how they are called and in the errors they throw, so each program
// gives a description of its own:
//   name                       is in all its prompts, keys and conversations
//   ask(request)               a plain reply: { id, text, finish, input, output }, the last two in tokens
//   stream(request, onPiece)   the same streamed; onPiece gets each piece of text and is waited for
//   errors                     by status, the class that the client throws
//   detailsOf(error)           { status, code, param } of an error that the client threw
//   waitsAsAsked               whether it waits before a retry at least as long as Retry-After asks
// A request is { node, messages, model, headers, maxTokens, temperature, retries, fetch, signal }, of which the client is given what is there.
import assert from 'node:assert/strict';
import { calls, model, nodes, post, recorder } from './cluster.mjs';
import { tell } from './run.mjs';

/** The checks of one client, by name. */
export function contract(client) {
  // Each check has a word of its own, by which the model's calls are told apart.
  const word = check => `npm-${client.name}-${check}`;
  const request = (check, rest = '') => ({ node: nodes[0], model, messages: [user(`${word(check)} ${rest}`)], retries: 0 });

  const callsOf = check => calls(`${word(check)} `);

  /** Asks what must fail, and looks at the error. */
  async function refusal(asked, { status, code, param }) {
    const error = await failure(() => client.ask(asked));
    assert.equal(error.constructor.name, client.errors[status], String(error));
    const details = client.detailsOf(error);
    assert.deepEqual({ status: details.status, code: details.code }, { status, code });
    if (param) assert.equal(details.param, param);
  }

  return {
    'plain': async () => {
      const reply = await client.ask({ ...request('plain'), messages: [{ role: 'system', content: 'Be brief.' }, user(word('plain'))] });
      assert.match(reply.id, /^chatcmpl-/);
      assert.ok(reply.text.startsWith(`[simulator] You said: ${word('plain')} ...`), reply.text);
      assert.equal(reply.finish, 'stop');
    },

    'length': async () => {
      const reply = await client.ask({ ...request('length'), maxTokens: 5 });
      assert.deepEqual([reply.finish, reply.output], ['length', 5]);
    },

    'stream': async () => {
      const asked = request('stream', '[[reply tokens=30 inter=20]]');
      const pieces = [];
      const [plain, streamed] = await Promise.all([client.ask(asked), client.stream(asked, piece => pieces.push(piece))]);
      assert.equal(pieces.join(''), plain.text);
      assert.deepEqual([streamed.text, streamed.finish], [plain.text, 'stop']);
      assert.match(streamed.id, /^chatcmpl-/);
    },

    'usage': async () => {
      const asked = request('usage', '[[reply tokens=7]]');
      const expected = { input: tokensOf(asked.messages[0].content), output: 7 };
      const plain = await client.ask(asked);
      assert.deepEqual({ input: plain.input, output: plain.output }, expected);
      const streamed = await client.stream(asked, () => {});
      assert.deepEqual({ input: streamed.input, output: streamed.output }, expected);
    },

    'conversation': async () => {
      let length = 0;
      // Each turn on another node, with nothing but what is new in it.
      for (const [index, node] of nodes.entries()) {
        const content = `${word('conversation')} ${index}`;
        const reply = await client.ask({
          ...request('conversation'), node, messages: [user(content)], headers: { 'X-Conversation-Id': word('conversation') },
        });
        length += content.length;
        assert.equal(reply.input, tokens(length), `turn ${index}: the model did not see all that was said before`);
        length += reply.text.length;
      }
    },

    'three-nodes': async () => {
      const headers = { 'Idempotency-Key': word('three-nodes') };
      const seen = recorder();
      const replies = [];
      for (const node of nodes) replies.push(await client.ask({ ...request('three-nodes'), node, headers, fetch: seen.fetch }));
      assert.equal(new Set(seen.answers.map(answer => answer.node)).size, 3);
      assert.equal(new Set(replies.map(reply => `${reply.id} ${reply.text}`)).size, 1);
      assert.equal((await callsOf('three-nodes')).started, 1);
    },

    'unknown-model': () => refusal({ ...request('unknown-model'), model: 'no-such-model' }, { status: 404, code: 'model_not_found', param: 'model' }),

    'malformed-value': () => refusal({ ...request('malformed-value'), temperature: 9 }, { status: 400, code: 'invalid_value', param: 'temperature' }),

    'key-with-another-body': async () => {
      const headers = { 'Idempotency-Key': word('another-body') };
      await client.ask({ ...request('another-body'), headers });
      await refusal({ ...request('another-body', 'indeed'), headers }, { status: 422, code: 'idempotency_key_reused' });
    },

    'refused-by-the-model': async () => {
      const seen = recorder();
      const asked = { ...request('refused', '[[fault status=400]]'), fetch: seen.fetch, retries: 2 };
      await refusal(asked, { status: 400, code: 'content_refused', param: 'messages' });
      assert.deepEqual(seen.statuses(), [400]);
    },

    'failed-for-good': async () => {
      const asked = { ...request('failed', '[[fault status=500]]'), headers: { 'Idempotency-Key': word('failed') } };
      await refusal(asked, { status: 500, code: 'provider_error' });
      const { started } = await callsOf('failed');
      assert.ok(started > 1, 'The cluster did not try again by itself.');
      // The outcome is durable: whoever asks again with the key pays for nothing.
      await refusal(asked, { status: 500, code: 'provider_error' });
      assert.equal((await callsOf('failed')).started, started);
    },

    'cut-stream': async () => {
      const asked = request('cut', '[[reply inter=300]] [[fault cut=5]]');
      let text = '';
      const error = await failure(() => client.stream(asked, piece => { text += piece; }));
      assert.match(String(error), /provider_error|The turn failed/);
      assert.ok(text.startsWith('[simulator]'), text);
    },

    'busy-model': async () => {
      const seen = recorder();
      const reply = await client.ask({ ...request('busy-model', '[[fault status=429 retry-after=1 first=1]]'), fetch: seen.fetch });
      assert.equal(reply.finish, 'stop');
      assert.deepEqual(seen.statuses(), [200]);
      assert.deepEqual(await callsOf('busy-model'), { started: 2, completed: 1, refused: 1, early: 0 });
    },

    'full-conversation': () => fullConversation(client, word('full'), request),

    'same-key': async () => {
      const asked = { ...request('same-key'), headers: { 'Idempotency-Key': word('same-key') } };
      const [first, second] = await Promise.all([client.ask(asked), client.ask({ ...asked, node: nodes[1] })]);
      const streamed = await client.stream({ ...asked, node: nodes[2] }, () => {});
      assert.deepEqual([second.id, second.text, streamed.id, streamed.text], [first.id, first.text, first.id, first.text]);
      assert.equal((await callsOf('same-key')).started, 1);
    },

    'aborted-stream': async () => {
      const abort = new AbortController();
      const asked = { ...request('aborted', '[[reply tokens=30 inter=100]]'), headers: { 'Idempotency-Key': word('aborted') } };
      let text = '';
      const streaming = client.stream({ ...asked, signal: abort.signal }, piece => {
        text += piece;
        abort.abort();
      });
      // Some clients throw for an abort of one's own, others end the stream.
      await Promise.allSettled([streaming]);
      const reply = await client.ask({ ...asked, node: nodes[2] });
      assert.equal(reply.finish, 'stop');
      assert.ok(text.length > 0 && reply.text.startsWith(text), text);
      assert.deepEqual(await callsOf('aborted'), { started: 1, completed: 1, refused: 0, early: 0 });
    },

    // Asked for by itself, as the test takes the database away meanwhile: it learns from the line when a request was refused.
    'outage': async () => {
      const seen = recorder(({ status }) => { if (status === 503) tell({ refused: status }); });
      const reply = await client.ask({ ...request('outage'), fetch: seen.fetch, retries: 10 });
      assert.ok(reply.text.includes(word('outage')), reply.text);
      assertRetried(seen.answers, 503, client.waitsAsAsked);
    },
  };
}

/**
 * The conversation takes one unfinished turn at a time here. While one runs, another request gets 429, and its client comes back by itself.
 * The first one is a stream that would take minutes. Its pieces come while the model speaks; and interrupted, as it is once the 429 was
 * seen, it must not look like a whole reply.
 */
async function fullConversation(client, word, request) {
  const headers = { 'X-Conversation-Id': word };
  const endless = request('full', 'endless [[reply tokens=3000 inter=100]]');
  const seen = recorder(async ({ status }) => {
    if (status !== 429) return;
    const interrupting = await post(nodes[1], `${word} interrupting`, { ...headers, 'X-Overlap-Policy': 'interrupt' });
    assert.equal(interrupting.status, 200, await interrupting.text());
  });
  let pieces = 0;
  let waiting;
  const ended = await failure(() => client.stream({ ...endless, headers }, () => {
    pieces += 1;
    if (pieces === 3) waiting = client.ask({ ...request('full', 'waiting'), headers, fetch: seen.fetch, retries: 5 });
  }));
  assert.match(String(ended), /turn_cancelled|The turn was cancelled/);
  const reply = await waiting;
  assert.ok(reply.text.includes('waiting'), reply.text);
  assertRetried(seen.answers, 429, client.waitsAsAsked);
  assert.equal(seen.answers[0].limit, '1');
}

/** Refusals, then the reply; and between them the time that each of them asked for. */
function assertRetried(answers, status, waitsAsAsked) {
  assert.ok(answers.length > 1, 'The client got its reply at once.');
  assert.equal(answers.at(-1).status, 200);
  for (const [index, refused] of answers.slice(0, -1).entries()) {
    assert.equal(refused.status, status);
    assert.ok(refused.retryAfter >= 1000, `Retry-After of ${refused.retryAfter} ms`);
    const waited = answers[index + 1].at - refused.received;
    // A timer may fire a little early, and the clock is another one.
    if (waitsAsAsked) assert.ok(waited > refused.retryAfter - 50, `It waited ${waited} ms of ${refused.retryAfter}.`);
  }
}

function user(content) {
  return { role: 'user', content };
}

/** The simulator counts a token for each four characters begun. */
function tokens(characters) {
  return Math.ceil(characters / 4);
}

function tokensOf(text) {
  return tokens(text.length);
}

async function failure(action) {
  let value;
  try {
    value = await action();
  } catch (error) {
    return error;
  }
  throw new Error(`It did not fail, but gave ${JSON.stringify(value)}.`);
}
