/** The committed notebooks, checked and run again from a shell. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fovea } from '../cli/fovea';
import { committed, FIRST, forgetRuns, runsOf, SECOND, type Workplace, workplace } from './workplace';

type Output = { output_type: string; text?: string[]; data?: Record<string, unknown> };
type Cell = { cell_type: string; source: string[]; outputs: Output[] };
type Report = {
  ok: boolean;
  notebooks: { status: string; executed: string; cells: { cell: number; status: string; error?: string }[]; figures: string[] }[];
};

const CHANCE = 0.1;
const seeds = [7001, 7002]; // of these tests alone
let place: Workplace;
beforeAll(() => {
  place = workplace();
  forgetRuns(seeds); // of a test that was killed
});
afterAll(() => {
  forgetRuns(seeds);
  place.remove();
});

describe.each(committed.map((path) => [basename(path), path]))('%s', (_name, path) => {
  it('is as it is to be committed, and its cells are strict TypeScript', async () => {
    expect(await fovea('notebooks', 'check', path)).toEqual({ code: 0, stdout: `${path}: ok\n`, stderr: '' });
  });
});

describe('01, run again', () => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await runAgain(FIRST, 'first');
  }, 600_000);

  it('runs every cell and leaves a copy, a report and its figures', () => {
    whole(ran);
    expect(ran.figures).toEqual([
      '01-score-softmax-pick',
      '02-each-pixel-looks-at-each',
      '03-click-a-cell-where-does-it-look',
      '04-likeness-as-a-product-finds-what-is-bright',
      '05-likeness-as-closeness-finds-what-is-flat',
      '06-how-the-weight-is-spread',
    ]);
  });

  it('prints twice that hand and library agree, for one score a pixel and for pairs', () => {
    expect(ran.lines.filter((line) => line === 'by hand and by library differ by less than 1e-6: true')).toHaveLength(2);
    expect(ran.lines).toContain('every row sums to 1: true');
  });

  it('picks the two highest scores, 4 / (4 + 2) and 2 / (4 + 2)', () => {
    expect(ran.lines).toContain('0.000  0.667  0.333');
  });

  it("shows that the article's class hands back its input and has no gradient, and that the repaired ones have one", () => {
    const said = (start: string): string[] =>
      ran.lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length).trim());
    expect(said('scores ')).toEqual(['1 1']);
    expect(said('output ')).toEqual(said('input '));
    expect(said('gradient of W ')).toEqual(['0 0 0']);
    const gradients = ['attention pooling ', 'squeeze and excitation ', 'self-attention '].flatMap(said).map(Number);
    expect(gradients).toHaveLength(3);
    for (const gradient of gradients) expect(gradient).toBeGreaterThan(0.01);
  });

  it('says what picking a quarter of the positions saves: 1 - 1 / 16 of the comparisons', () => {
    expect(ran.lines.find((line) => line.startsWith('196 of 784'))).toMatch(/ and cost 6\.3 % of the comparisons$/);
  });
});

describe('02, run again with two seeds, quickly', () => {
  let ran: Ran;
  beforeAll(async () => {
    ran = await runAgain(SECOND, 'second', '-p', 'quick=true', '-p', `seeds=[${seeds.join(', ')}]`);
  }, 900_000);

  it('runs every cell and leaves a copy, a report and its figures', () => {
    whole(ran);
    expect(ran.figures).toContain('03-test-accuracy');
    expect(ran.figures.length).toBeGreaterThanOrEqual(9);
  });

  it('recognises far above chance, with and without attention', () => {
    const accuracies = ran.texts.flatMap((text) => accuracyOf(text));
    expect(accuracies.map(({ run }) => run)).toEqual(
      ['baseline', 'squeeze-excite', 'attention-pooling'].flatMap((name) => seeds.map((seed) => `${name}, seed ${seed}`)),
    );
    for (const { accuracy } of accuracies) expect(accuracy).toBeGreaterThan(1.5 * CHANCE);
  });

  it('says of each variant whether its interval leaves zero out', () => {
    const begun = ran.lines.flatMap((line, at) => (/ points test accuracy against the baseline,$/.test(line) ? [at] : []));
    expect(begun).toHaveLength(2);
    for (const at of begun) {
      const [, low, high, verdict] = /interval (-?[\d.]+) to (-?[\d.]+): (.+)$/.exec(ran.lines[at + 1]!) ?? [];
      const expected = Number(low) > 0 ? 'a gain' : Number(high) < 0 ? 'a loss' : 'no evidence of a gain or a loss';
      expect(verdict).toBe(expected);
    }
  });

  it('saves two figures beside the notebook, with seeds and data inside', () => {
    for (const name of ['02-accuracy-quick', '02-pointing-quick']) {
      const svg = readFileSync(join(place.folder, 'figures', `${name}.svg`), 'utf8');
      for (const words of ['Cluttered Fashion-MNIST', `${seeds[0]}`, `${seeds[1]}`]) expect(svg).toContain(words);
      const rows = readFileSync(join(place.folder, 'figures', `${name}.csv`), 'utf8')
        .trim()
        .split('\n');
      expect(rows.length).toBeGreaterThan(3);
    }
  });

  it('finds its runs when it is run once more, and comes to the same numbers', async () => {
    const before = runsOf(seeds);
    expect(before.map(({ status }) => status)).toEqual(Array(6).fill('finished'));
    const again = await runAgain(SECOND, 'third', '-p', 'quick=true', '-p', `seeds=[${seeds.join(', ')}]`);
    expect(again.code).toBe(0);
    expect(runsOf(seeds)).toEqual(before);
    expect(again.texts).toEqual(ran.texts); // the ends of the bars too: a rerun leaves no difference
    expect(again.lines).toEqual(ran.lines);
  }, 900_000);
});

type Ran = {
  readonly code: number | null;
  readonly stderr: string;
  readonly out: string;
  readonly report: Report;
  readonly cells: readonly Cell[];
  /** What cells printed. */
  readonly lines: readonly string[];
  /** The text form of what they showed. */
  readonly texts: readonly string[];
  readonly figures: readonly string[];
};

async function runAgain(path: string, folder: string, ...words: readonly string[]): Promise<Ran> {
  const out = join(place.folder, folder);
  const { code, stdout, stderr } = await fovea('run', place.copy(path), '--json', '--out', out, ...words);
  const report = JSON.parse(stdout) as Report;
  const { cells } = JSON.parse(readFileSync(report.notebooks[0]!.executed, 'utf8')) as { cells: Cell[] };
  const outputs = cells.flatMap(({ outputs = [] }) => outputs);
  const lines = outputs.flatMap(({ text = [] }) => text.join('').split('\n').filter(Boolean));
  const texts = outputs.flatMap(({ data }) => (data?.['text/plain'] === undefined ? [] : [[data['text/plain']].flat().join('')]));
  const figures = readdirSync(join(out, basename(path, '.ipynb'), 'figures'))
    .filter((name) => name.endsWith('.svg'))
    .map((name) => basename(name, '.svg'))
    .sort();
  return { code, stderr, out, report, cells, lines, texts, figures };
}

function whole({ code, stderr, out, report, cells }: Ran): void {
  expect({ code, ok: report.ok }, stderr).toEqual({ code: 0, ok: true });
  const [notebook] = report.notebooks;
  expect(notebook!.cells.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(notebook!.cells).toHaveLength(cells.filter(({ cell_type }) => cell_type === 'code').length);
  expect(JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'))).toEqual(report);
  expect(existsSync(join(out, 'junit.xml'))).toBe(true);
  const shown = cells.flatMap(({ outputs = [] }) => outputs).filter(({ data }) => data && 'image/png' in data);
  expect(notebook!.figures.filter((path) => path.endsWith('.svg'))).toHaveLength(shown.length);
  for (const path of notebook!.figures) expect(existsSync(path), path).toBe(true);
}

function accuracyOf(text: string): { run: string; accuracy: number }[] {
  const found = /^(.+, seed \d+): (\d+) of \2 steps, test accuracy ([\d.]+) %$/.exec(text);
  return found ? [{ run: found[1]!, accuracy: Number(found[3]) / 100 }] : [];
}
