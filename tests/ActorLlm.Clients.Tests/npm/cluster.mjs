// Where the cluster under test is, what its model was asked, and requests that are written down on their way there.
import { webcrypto } from 'node:crypto';

// @langchain/core wants it, and Node.js has it from 20 on: Debian 12 brings 18.
globalThis.crypto ??= webcrypto;

const { nodes, simulator } = JSON.parse(process.argv[2]);

/** The base addresses that clients are given, one a node: `http://127.0.0.1:PORT/v1`. */
export { nodes };

/** The model's own base address, for comparison with what comes through the cluster. */
export const simulatorNode = `${simulator}/v1`;

/** The model that the cluster serves. */
export const model = 'simulator';

// Libraries may report home or fetch data by themselves. Whatever is not for the cluster fails here, on every machine alike.
const realFetch = globalThis.fetch;
const known = new Set([...nodes, simulator].map(address => new URL(address).origin));
globalThis.fetch = async (input, init) => {
  const { origin } = new URL(typeof input === 'string' || input instanceof URL ? input : input.url);
  if (!known.has(origin)) throw new Error(`A request to ${origin}, which is not a part of the test.`);
  return realFetch(input, init);
};

/**
 * A fetch for a client, and what was answered to it: `{ status, at, received, retryAfter, limit, node }` for each request, times in milliseconds.
 * @param onAnswer Called with each of them, and waited for, before the client gets the answer.
 */
export function recorder(onAnswer = () => {}) {
  const answers = [];
  const recordingFetch = async (input, init) => {
    const at = performance.now();
    const response = await fetch(input, init);
    const answer = {
      status: response.status,
      at,
      received: performance.now(),
      retryAfter: Number(response.headers.get('retry-after-ms') ?? 0),
      limit: response.headers.get('x-ratelimit-limit-requests'),
      node: new URL(response.url).origin,
    };
    answers.push(answer);
    await onAnswer(answer);
    return response;
  };
  return { fetch: recordingFetch, answers, statuses: () => answers.map(answer => answer.status) };
}

/** How often the model was called for prompts whose last user message contains the text. */
export async function calls(text) {
  const response = await fetch(`${simulator}/stats?contains=${encodeURIComponent(text)}`);
  const { prompts } = await response.json();
  const sum = name => prompts.reduce((total, prompt) => total + prompt[name], 0);
  return { started: sum('started'), completed: sum('completed'), refused: sum('refused'), early: sum('early') };
}

/** A turn without any client in between. */
export async function post(node, content, headers) {
  return fetch(`${node}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
}
