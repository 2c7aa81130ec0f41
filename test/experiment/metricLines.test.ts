import { describe, expect, it } from 'vitest';
import { formatLine, parseLines } from '../../lib/experiment/metricLines';

const lines = [0, 1, 2].map((seq) => formatLine({ seq, step: 10 * seq, t: seq, values: { loss: seq / 4 } }));
const parse = (text: string): ReturnType<typeof parseLines> => parseLines(Buffer.from(text), 'metrics.jsonl');

describe('formatLine', () => {
  it('ends in the CRC-32 of the line without it', () => {
    // python3: zlib.crc32(b'{"seq":0,"step":25,"t":1.5,"values":{"loss":0.25}}')
    expect(formatLine({ seq: 0, step: 25, t: 1.5, values: { loss: 0.25 } })).toBe(
      '{"seq":0,"step":25,"t":1.5,"values":{"loss":0.25},"crc":3314191971}\n',
    );
  });

  it('keeps what JSON has no number for', () => {
    const values = { loss: Number.NaN, up: Infinity, down: -Infinity, rate: 1e-7 };
    expect(parse(formatLine({ seq: 0, step: 0, t: 0, values })).metrics[0]!.values).toEqual(values);
  });
});

describe('formatLine, asked for what is no measurement,', () => {
  it('refuses it, where a text NaN would hide the slip', () => {
    const values = { loss: undefined } as unknown as { loss: number };
    expect(() => formatLine({ seq: 0, step: 0, t: 0, values })).toThrow('log: loss must be a number, got undefined');
    expect(() => formatLine({ seq: 0, step: 0.5, t: 0, values: {} })).toThrow('log: step must be a whole number, got 0.5');
  });
});

describe('parseLines', () => {
  it('reads whole files without complaint', () => {
    const { metrics, torn, problems } = parse(lines.join(''));
    expect(metrics.map(({ step, values }) => [step, values.loss])).toEqual([
      [0, 0],
      [10, 0.25],
      [20, 0.5],
    ]);
    expect({ torn, problems }).toEqual({ torn: false, problems: [] });
    expect(parse('')).toEqual({ metrics: [], torn: false, problems: [] });
  });

  it('leaves out a last line that was cut short, wherever the cut is', () => {
    const whole = lines.join('');
    const start = whole.length - lines[2]!.length;
    for (let length = start + 1; length < whole.length; length++) {
      const { metrics, torn, problems } = parse(whole.slice(0, length));
      expect([length, metrics.length, torn, problems]).toEqual([length, 2, true, []]);
    }
  });

  it('reports a damaged line in the middle with its place, and reads the others', () => {
    const damaged = lines[1]!.replace('0.25', '0.75');
    const { metrics, torn, problems } = parse(lines[0]! + damaged + lines[2]!);
    expect(metrics.map(({ seq }) => seq)).toEqual([0, 2]);
    expect(torn).toBe(false);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      new RegExp(`^metrics\\.jsonl: line 2, byte ${lines[0]!.length}: expected a JSON object with a matching crc, found "`),
    );
  });

  it('reports a line that is missing', () => {
    expect(parse(lines[0]! + lines[2]!).problems).toEqual([`metrics.jsonl: line 2, byte ${lines[0]!.length}: expected seq 1, found 2`]);
  });
});
