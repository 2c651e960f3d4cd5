// What every client must see of each fault of a backend: ../faults.json, which docs/faults.md shows. Beyond what contract.mjs says, a client's
// description has
//   brokenBy(error)   the code of the error in a stream that broke off, or its message where the client shows nothing else
// and a request may have `store: false`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { calls, nodes, recorder } from './cluster.mjs';

const catalogue = JSON.parse(readFileSync(new URL('../faults.json', import.meta.url)));

// How the tokens of a reply are counted in its text: each but the first begins with the only space in it.
const TOKENS = 32;

// A client that shows only the message of an error in a stream.
const messages = {
  provider_error: /^(The turn failed: )?(The backend|The connection to the backend|The reply ended)/,
  stream_diverged: /worded the reply differently/,
  content_refused: /^(The turn failed: )?The reply grew past/,
};

// A few at once: some faults are found by their silence, and a machine that is too busy is silent too.
const AT_ONCE = 6;

/** The checks of one client, by name. */
export function faultContract(client) {
  const lanes = Array.from({ length: AT_ONCE }, () => Promise.resolve());
  return Object.fromEntries(catalogue.map((fault, index) => [`fault:${fault.name}`, () => {
    const checked = lanes[index % AT_ONCE].then(() => check(client, fault));
    lanes[index % AT_ONCE] = checked.catch(() => {});
    return checked;
  }]));
}

async function check(client, fault) {
  const ways = { durablePlain: {}, durableStreamed: { streamed: true }, directPlain: { store: false }, directStreamed: { store: false, streamed: true } };
  const word = `npm-${client.name}-${fault.name}`;
  const seen = await Promise.all(Object.entries(ways).map(async ([way, how]) => [way, await observe(client, fault, `${word}-${way}`, how)]));
  const expected = Object.entries(fault.seen);
  for (const [index, [way, { broken }]] of expected.entries()) if (broken === 'any' && seen[index][1].broken) seen[index] = [way, { broken }];
  assert.deepEqual(Object.fromEntries(seen), Object.fromEntries(expected));
  assert.equal((await calls(`${word}-`)).early, 0, 'The backend was asked again sooner than it allowed.');
}

async function observe(client, { ask, model = 'faulty', tokens = TOKENS }, word, { store, streamed }) {
  const wire = recorder();
  const request = { node: nodes[0], model, messages: [{ role: 'user', content: `${word} ${ask}` }], retries: 0, store, fetch: wire.fetch };
  let text = '';
  try {
    const reply = streamed ? await client.stream(request, piece => { text += piece; }) : await client.ask(request);
    assert.equal(reply.finish, 'stop');
    if (reply.text === '') return 'empty';
    if (streamed) assert.equal(text, reply.text);
    assert.ok(reply.text.startsWith(`[simulator] You said: ${word.slice(0, 24)}`), reply.text);
    return reply.text.split(' ').length === tokens ? 'whole' : `${reply.text.split(' ').length} of ${tokens} tokens`;
  } catch (error) {
    if (error.code === 'ERR_ASSERTION') throw error;
    const [{ status, retryAfter }] = wire.answers;
    if (status === 200) return brokenOff(text, client.brokenBy(error));
    const details = client.detailsOf(error);
    assert.deepEqual([error.constructor.name, details.status], [client.errors[details.code] ?? client.errors[status], status]);
    return { status, code: details.code, ...retryAfter && { retryAfter: retryAfter / 1000 } };
  }
}

function brokenOff(text, reason) {
  assert.ok(text.startsWith('[simulator]'), text);
  const byMessage = Object.entries(messages).find(([, message]) => message.test(reason));
  return { broken: byMessage ? byMessage[0] : reason ?? 'nameless' };
}
