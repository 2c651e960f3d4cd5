import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateObject, generateText, isStepCount, Output, streamText, tool } from 'ai';
import { model, nodes } from './cluster.mjs';
import { contentContract } from './content.mjs';
import { contract } from './contract.mjs';
import { faultContract } from './faults.mjs';
import { run } from './run.mjs';

const client = {
  name: 'ai',
  errors: { 400: 'APICallError', 404: 'APICallError', 422: 'APICallError', 429: 'APICallError', 500: 'APICallError', 503: 'APICallError' },
  detailsOf: ({ statusCode, data }) => ({ status: statusCode, code: data.error.code, param: data.error.param }),
  brokenBy: error => error.message ?? error,
  waitsAsAsked: true,

  async ask(request) {
    const { response, text, finishReason, usage } = await generateText(callOf(request));
    return { id: response.id, text, finish: finishReason, ...usageOf(usage) };
  },

  async stream(request, onPiece) {
    const reply = { text: '' };
    const result = streamText({ ...callOf(request), onError: () => {} });
    for await (const part of result.stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'abort') throw new Error(`aborted: ${part.reason}`);
      if (part.type === 'finish') Object.assign(reply, { finish: part.finishReason, ...usageOf(part.totalUsage) });
      if (part.type !== 'text-delta') continue;
      reply.text += part.text;
      await onPiece(part.text);
    }
    return { ...reply, id: (await result.response).id };
  },

  async useTools(request, tools, streamed) {
    const named = tools.map(({ name, description, schema, execute }) => [name, tool({ description, inputSchema: schema, execute })]);
    const call = { ...callOf(request), tools: Object.fromEntries(named), stopWhen: isStepCount(3) };
    return streamed ? streamText(call).text : (await generateText(call)).text;
  },

  async shaped(request, schema, streamed) {
    if (!streamed) return (await generateObject({ ...callOf(request), schema })).object;
    return streamText({ ...callOf(request), output: Output.object({ schema }) }).output;
  },

  image: url => ({ type: 'file', mediaType: 'image/png', data: url }),

  async embed({ node, model, retries }, texts) {
    const provider = createOpenAICompatible({ name: 'actorllm', baseURL: node, apiKey: 'unused' });
    return (await embedMany({ model: provider.embeddingModel(model), values: texts, maxRetries: retries })).embeddings;
  },
};

await run({
  ...contract(client),
  ...contentContract(client),
  ...faultContract(client),

  'reasoning': () => thoughtsAreShown('reasoning', undefined),

  'reasoning-not-stored': () => thoughtsAreShown('reasoning-direct', false),

  // The text alone, as most programs read it. Errors within a stream are not thrown here: it is the cut connection that is noticed.
  'cut-text-stream': async () => {
    const messages = [{ role: 'user', content: 'npm-ai-text [[reply inter=300]] [[fault cut=5]]' }];
    const { textStream } = streamText({ ...callOf({ node: nodes[0], model, messages, retries: 0 }), onError: () => {} });
    let text = '';
    await assert.rejects(async () => {
      for await (const piece of textStream) text += piece;
    });
    assert.ok(text.startsWith('[simulator]'), text);
  },
});

async function thoughtsAreShown(check, store) {
  const messages = [{ role: 'user', content: `npm-ai-${check} [[reply reasoning=6 tokens=5]]` }];
  const call = callOf({ node: nodes[0], model, messages, store, retries: 0 });
  const plain = await generateText(call);
  const streamed = streamText(call);
  assert.equal(plain.reasoningText.split(' ').length, 6, plain.reasoningText);
  assert.equal(plain.text, `[simulator] You said: npm-ai-${check} ...`);
  assert.deepEqual([await streamed.reasoningText, await streamed.text], [plain.reasoningText, plain.text]);
}

function callOf({ node, model, messages, headers, signal, maxTokens, temperature, store, retries, fetch }) {
  const provider = createOpenAICompatible({
    name: 'actorllm', baseURL: node, apiKey: 'unused', includeUsage: true, supportsStructuredOutputs: true, fetch,
  });
  return {
    model: provider(model),
    instructions: messages.filter(message => message.role === 'system').map(message => message.content).join('\n') || undefined,
    messages: messages.filter(message => message.role !== 'system'),
    headers,
    abortSignal: signal,
    maxOutputTokens: maxTokens,
    temperature,
    providerOptions: { actorllm: { store } },
    maxRetries: retries,
  };
}

function usageOf({ inputTokens, outputTokens }) {
  return { input: inputTokens, output: outputTokens };
}
