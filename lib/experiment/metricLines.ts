/**
 * The lines of metrics.jsonl: `{"seq":0,"step":25,"t":1790000000.125,"values":{"loss":1.5},"crc":123}`, one JSON object each.
 *
 * `seq` counts the lines, `t` is Unix time in seconds, and `crc` is the CRC-32 of the line without its crc field. Numbers that
 * JSON does not have are the texts "NaN", "Infinity" and "-Infinity".
 */
import { crc32 } from 'node:zlib';

export type MetricLine = {
  readonly seq: number;
  readonly step: number;
  readonly t: number;
  readonly values: { readonly [name: string]: number };
};

export function formatLine({ seq, step, t, values }: MetricLine): string {
  if (!Number.isSafeInteger(step)) throw new Error(`log: step must be a whole number, got ${step}`);
  const wrong = Object.entries(values).find(([, value]) => typeof value !== 'number');
  if (wrong) throw new Error(`log: ${wrong[0]} must be a number, got ${wrong[1]}`);
  const written = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number.isFinite(value) ? value : `${value}`]));
  const body = JSON.stringify({ seq, step, t, values: written });
  return `${body.slice(0, -1)},"crc":${crc32(body)}}\n`;
}

/**
 * All whole lines. A last line that is torn is what a killed process leaves, and is left out; a damaged line before the last
 * is reported, and so is a gap in `seq`.
 */
export function parseLines(bytes: Buffer, path: string): { metrics: MetricLine[]; torn: boolean; problems: string[] } {
  const metrics: MetricLine[] = [];
  const problems: string[] = [];
  let torn = false;
  let expected = 0;
  for (let start = 0, number = 1; start < bytes.length; number++) {
    const newline = bytes.indexOf('\n', start);
    const end = newline < 0 ? bytes.length : newline;
    const found = newline < 0 ? undefined : parseLine(bytes.toString('utf8', start, end));
    if (found) {
      if (found.seq !== expected) problems.push(`${path}: line ${number}, byte ${start}: expected seq ${expected}, found ${found.seq}`);
      metrics.push(found);
      expected = found.seq + 1;
    } else if (end + 1 >= bytes.length) {
      torn = true;
    } else {
      problems.push(
        `${path}: line ${number}, byte ${start}: expected a JSON object with a matching crc, found ${JSON.stringify(bytes.toString('utf8', start, Math.min(end, start + 60)))}`,
      );
      expected++;
    }
    start = end + 1;
  }
  return { metrics, torn, problems };
}

function parseLine(line: string): MetricLine | undefined {
  const parts = /^(\{"seq":.*),"crc":(\d+)\}$/.exec(line);
  if (!parts || crc32(`${parts[1]}}`) !== Number(parts[2])) return undefined;
  // the crc holds, so these are the bytes that formatLine wrote
  const { seq, step, t, values } = JSON.parse(line) as Omit<MetricLine, 'values'> & { values: { [name: string]: number | string } };
  return { seq, step, t, values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)])) };
}
