// Reads each argument as a diagram, as Mermaid itself does, and says what it found: a line of JSON for each.
import mermaid from 'mermaid';

// Mermaid keeps what is written as a character's number apart until it draws.
const read = text => text.replaceAll('ﬂ°°', '&#').replaceAll('¶ß', ';').replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));

for (const text of process.argv.slice(2)) {
  try {
    const { diagramType } = await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    console.log(JSON.stringify({
      kind: diagramType,
      actors: [...db.getActors().values()].map(actor => read(actor.description)),
      messages: db.getMessages().map(message => ({ from: message.from, to: message.to, text: read(message.message ?? '') })),
    }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
