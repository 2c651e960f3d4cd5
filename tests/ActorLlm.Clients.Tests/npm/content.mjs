// What every client must be able to send and to read besides text: tools, replies of a given form, images, embeddings. Beyond what contract.mjs says, a
// client's description has
//   useTools(request, tools, streamed)    asks until the model calls no tool any more; gives the last text. A tool is
//                                         { name, description, schema, execute(args) }, its schema one of zod
//   shaped(request, schema, streamed)     a reply of the form of a schema, as the client parses it
//   image(url)                            a part of a message's content
//   embed(request, texts)                 a vector for each text
import assert from 'node:assert/strict';
import { z } from 'zod';
import { calls, model, nodes, simulatorNode } from './cluster.mjs';

const PNG = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

// The simulator fills a form with the words of the message (24 characters of each), the least numbers and the first choices.
const forecast = z.object({
  city: z.string(),
  days: z.number().int().min(2),
  sky: z.enum(['clear', 'clouds']),
  hours: z.array(z.object({ degrees: z.number().min(-3) })),
});

/** The checks of one client, by name. */
export function contentContract(client) {
  const word = check => `npm-${client.name}-${check}`;
  const request = (check, rest = '') => ({
    node: nodes[0], model, messages: [{ role: 'user', content: `${word(check)} ${rest}` }], retries: 0,
  });

  async function toolsAreUsed(check, streamed) {
    const used = [];
    const asked = request(check, '[[reply call=weather,time]]');
    const text = await client.useTools(asked, toolbox(used), streamed);
    assert.deepEqual(used.sort(), [`time ${JSON.stringify({ zone: 'UTC' })}`, `weather ${JSON.stringify({ city: word(check), hourly: true })}`]);
    assert.ok(text.startsWith(`[simulator] You said: ${word(check)}`), text);
    assert.deepEqual(await calls(`${word(check)} `), { started: 2, completed: 2, refused: 0, early: 0 });
    // The simulator's words depend on all that it is sent, the tools and their earlier calls included.
    assert.equal(text, await client.useTools({ ...asked, node: simulatorNode }, toolbox([]), streamed));
  }

  async function formIsKept(check, streamed) {
    const shaped = await client.shaped(request(check), forecast, streamed);
    assert.deepEqual(shaped, { city: word(check), days: 2, sky: 'clear', hours: [{ degrees: -3 }] });
  }

  return {
    'tools': () => toolsAreUsed('tools', false),

    'tools-streamed': () => toolsAreUsed('tools-s', true),

    'structured': () => formIsKept('form', false),

    'structured-streamed': () => formIsKept('form-s', true),

    'image': async () => {
      const text = `${word('image')} What is this?`;
      const shown = { ...request('image'), messages: [{ role: 'user', content: [{ type: 'text', text }, client.image(PNG)] }] };
      const reply = await client.ask(shown);
      // The simulator's words depend on all that it is sent, so these are the same where it gets what the client sent.
      const direct = await client.ask({ ...shown, node: simulatorNode });
      const unseen = await client.ask({ ...shown, messages: [{ role: 'user', content: text }] });
      assert.equal(reply.text, direct.text);
      assert.notEqual(reply.text, unseen.text);
    },

    'embeddings': async () => {
      const asked = { node: nodes[0], model, retries: 0 };
      const texts = [word('embeddings'), 'b\u00fccher \u{1f4da}'];
      const vectors = await client.embed(asked, texts);
      assert.deepEqual(vectors.map(vector => vector.length), [256, 256]);
      for (const vector of vectors) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-3);
      // Each hangs on its text alone.
      assert.deepEqual(vectors, await client.embed({ ...asked, node: simulatorNode }, texts));
      assert.deepEqual(await client.embed({ ...asked, node: nodes[1] }, texts.slice(1)), vectors.slice(1));
      assert.notDeepEqual(vectors[0], vectors[1]);
      const unknown = await client.embed({ ...asked, model: 'no-such-model' }, texts).then(() => undefined, error => error);
      assert.equal(unknown?.constructor.name, client.errors[404], String(unknown));
      const { status, code } = client.detailsOf(unknown);
      assert.deepEqual([status, code], [404, 'model_not_found']);
    },
  };
}

function toolbox(used) {
  const tool = (name, description, schema, result) => ({
    name, description, schema, execute: args => {
      used.push(`${name} ${JSON.stringify(args)}`);
      return JSON.stringify(result);
    },
  });
  return [
    tool('weather', 'The weather of a city', z.object({ city: z.string(), hourly: z.boolean() }), { sky: 'clear' }),
    tool('time', 'The time of a zone', z.object({ zone: z.enum(['UTC', 'CET']) }), { hour: 12 }),
  ];
}
