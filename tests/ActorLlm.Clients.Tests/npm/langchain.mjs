import { ChatOpenAI } from '@langchain/openai';
import { contract } from './contract.mjs';
import { run } from './run.mjs';

await run(contract({
  name: 'langchain',
  errors: { 400: 'BadRequestError', 404: 'NotFoundError', 422: 'UnprocessableEntityError', 500: 'InternalServerError' },
  detailsOf: ({ status, code, param }) => ({ status, code, param }),
  // It waits as long as its own backoff says, 1 s and more.
  waitsAsAsked: false,

  async ask(request) {
    const message = await chat(request).invoke(request.messages, { signal: request.signal });
    return replyOf(message);
  },

  async stream(request, onPiece) {
    let whole;
    for await (const chunk of await chat(request).stream(request.messages, { signal: request.signal })) {
      whole = whole ? whole.concat(chunk) : chunk;
      if (chunk.text) await onPiece(chunk.text);
    }
    return replyOf(whole);
  },
}));

function chat({ node, model, headers, maxTokens, temperature, retries, fetch }) {
  return new ChatOpenAI({
    model,
    apiKey: 'unused',
    maxTokens,
    temperature,
    maxRetries: retries,
    configuration: { baseURL: node, defaultHeaders: headers, fetch },
  });
}

function replyOf({ id, text, response_metadata: metadata, usage_metadata: usage }) {
  return { id, text, finish: metadata.finish_reason, input: usage.input_tokens, output: usage.output_tokens };
}
