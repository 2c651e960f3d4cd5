// Runs the checks that the command line names, all at once, and writes a line of JSON for each: {"check":"plain","ok":true}, or ok:false with
// the error. The first line, {"checks":[...]}, names all that there are.

// Far above what any check needs: it only keeps a client that waits for ever from saying nothing.
const DEADLINE_MS = 120_000;

// The test that started this program holds its standard input open, and may be killed.
process.stdin.resume().on('end', () => process.exit(1));

/** @param checks By name, functions that throw where something is not as it must be. */
export async function run(checks) {
  const asked = process.argv.slice(3);
  tell({ checks: Object.keys(checks) });
  await Promise.all(asked.map(name => runOne(name, checks[name])));
  process.exit(0);
}

export function tell(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function runOne(check, body) {
  try {
    if (!body) throw new Error('This program has no such check.');
    await Promise.race([body(), deadline()]);
    tell({ check, ok: true });
  } catch (error) {
    tell({ check, ok: false, error: describe(error) });
  }
}

function deadline() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`No end within ${DEADLINE_MS} ms.`)), DEADLINE_MS));
}

function describe(error) {
  const cause = error?.cause ? `\ncaused by ${describe(error.cause)}` : '';
  return `${error?.stack ?? error}${cause}`;
}
