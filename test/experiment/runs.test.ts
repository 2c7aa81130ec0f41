import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseLines } from '../../lib/experiment/metricLines';
import { gitState } from '../../lib/experiment/runRecord';
import { configHash, findFinished, listRuns, openRun, readRun } from '../../lib/experiment/runs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = { model: { kind: 'residualNetwork', widths: [8, 16] }, train: { epochs: 2 } };
const open = (seed = 0, data?: string): ReturnType<typeof openRun> => openRun({ name: 'squeeze', config, seed, folder, data });

describe('a run', () => {
  it('is running until it ends, and then keeps how it ended, with what was measured', () => {
    const run = open(3, 'd'.repeat(64));
    expect(readRun(run.folder).record).toMatchObject({ status: 'running', ended: null, results: null });
    run.log(10, { loss: 1.5, accuracy: 0.25 });
    run.log(20, { loss: Number.NaN, accuracy: 0.1 });
    run.finish({ accuracy: 0.5 });

    const { record, metrics, torn, problems } = readRun(run.folder);
    expect(record).toMatchObject({
      format: 1,
      id: run.id,
      name: 'squeeze',
      status: 'finished',
      seed: 3,
      data: 'd'.repeat(64),
      config,
      lines: 2,
    });
    expect(record.configHash).toBe(configHash(config));
    expect(record.results).toEqual({ accuracy: 0.5 });
    expect(record.versions.node).toBe(process.versions.node);
    expect(record.versions.tfjs).toBe('4.22.0');
    expect(metrics.map(({ seq, step, values }) => [seq, step, values.loss])).toEqual([
      [0, 10, 1.5],
      [1, 20, Number.NaN],
    ]);
    expect({ torn, problems }).toEqual({ torn: false, problems: [] });
  });

  it('ends once', () => {
    const run = open();
    run.interrupt();
    expect(() => run.finish()).toThrow(/it has already ended, as interrupted/);
    expect(() => run.log(1, { loss: 1 })).toThrow(/it has ended, as interrupted, and takes no more metrics/);
    expect(readRun(run.folder).record.status).toBe('interrupted');
  });

  it('keeps the message of what it failed of', () => {
    const run = open();
    run.fail(new Error('train: the loss is not a number'));
    expect(readRun(run.folder).record).toMatchObject({ status: 'failed', error: 'train: the loss is not a number' });
  });

  it('has a folder of its own, also when two begin in the same second', () => {
    const ids = [open().id, open().id, open().id];
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^\d{8}-\d{6}-squeeze-s0$/);
  });

  it('is refused before there is a folder when name, seed or configuration are not usable', () => {
    const request = { name: 'a', config, seed: 0, folder };
    expect(() => openRun({ ...request, name: '../a' })).toThrow("openRun: name must be letters, digits and single hyphens, got '../a'");
    expect(() => openRun({ ...request, seed: 0.5 })).toThrow('openRun: seed must be a whole number, got 0.5');
    expect(() => openRun({ ...request, config: { f: () => 1 } })).toThrow(/config\.f: expected plain data/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says which folder cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openRun({ name: 'a', config, seed: 0, folder: join(folder, 'file', 'runs') })).toThrow(
      /cannot be written, a part of the path is a file/,
    );
  });
});

describe('reading runs', () => {
  it('takes a torn last line as the mark of a killed process, and other damage as a problem', () => {
    const run = open();
    run.log(1, { loss: 1 });
    run.log(2, { loss: 2 });
    appendFileSync(join(run.folder, 'metrics.jsonl'), '{"seq":2,"st');
    expect(readRun(run.folder)).toMatchObject({ torn: true, problems: [], metrics: [{ step: 1 }, { step: 2 }] });

    const path = join(run.folder, 'metrics.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"loss":1', '"loss":7'));
    expect(readRun(run.folder).problems[0]).toMatch(/metrics\.jsonl: line 1, byte 0: expected a JSON object with a matching crc/);
    run.interrupt();
  });

  it('notices that a finished run has lost lines', () => {
    const run = open();
    run.log(1, { loss: 1 });
    run.finish();
    truncateSync(join(run.folder, 'metrics.jsonl'), 0);
    expect(readRun(run.folder).problems).toEqual([
      `${join(run.folder, 'metrics.jsonl')}: expected the 1 lines that run.json counts, found 0`,
    ]);
  });

  it('names the file and the field that are wrong', () => {
    const run = open();
    run.finish();
    const path = join(run.folder, 'run.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"finished"', '"done"'));
    expect(() => readRun(run.folder)).toThrow(/run\.json: status: .*; restore the file or remove the run/);
    writeFileSync(path, text.slice(0, 40));
    expect(() => readRun(run.folder)).toThrow(/run\.json: expected JSON, found: .*; restore the file or remove the run/);
    rmSync(path);
    expect(() => readRun(run.folder)).toThrow(/run\.json: no such file, so .* is not a run/);
  });

  it('lists the newest first, and what is no run as a problem', () => {
    const [a, b] = [open(0), open(1)];
    a.finish();
    b.interrupt();
    mkdirSync(join(folder, 'notes'));
    const { runs, problems } = listRuns({ folder });
    expect(runs.map(({ record }) => record.seed)).toEqual([1, 0]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/notes.run\.json: no such file/);
    expect(listRuns({ folder: join(folder, 'none') })).toEqual({ runs: [], problems: [] });
  });

  it('finds a finished run of the same configuration, seed and data, and no other', () => {
    const hash = configHash(config);
    open(0, 'a').interrupt();
    open(1, 'a').finish();
    expect(findFinished(hash, 0, { folder })).toBeUndefined();
    const run = open(0, 'a');
    run.finish({ accuracy: 1 });
    expect(findFinished(hash, 0, { folder })?.record.id).toBe(run.id);
    expect(findFinished(hash, 0, { folder, data: 'a' })?.record.id).toBe(run.id);
    expect(findFinished(hash, 0, { folder, data: 'b' })).toBeUndefined();
    expect(findFinished(configHash({ ...config, x: 1 }), 0, { folder })).toBeUndefined();
  });

  it('does not take a damaged run for a finished one', () => {
    const run = open();
    run.log(1, { loss: 1 });
    run.finish();
    writeFileSync(join(run.folder, 'metrics.jsonl'), 'x\ny\n');
    expect(findFinished(configHash(config), 0, { folder })).toBeUndefined();
  });
});

describe('a killed process', () => {
  it('leaves a run.json that can be read and all whole lines, wherever the kill falls', async () => {
    const script = join(folder, 'writer.cjs');
    const source = `
      import { join } from 'node:path';
      import { writeAtomic } from './lib/native/atomic';
      import { formatLine } from './lib/experiment/metricLines';
      import { appendFileSync } from 'node:fs';
      const [folder] = process.argv.slice(2);
      for (let seq = 0; ; seq++) {
        writeAtomic(join(folder, 'run.json'), JSON.stringify({ seq, filler: 'x'.repeat(300_000) }));
        appendFileSync(join(folder, 'metrics.jsonl'), formatLine({ seq, step: seq, t: 0, values: { loss: 1 } }));
        if (seq === 3) process.send('writing');
      }`;
    await build({
      stdin: { contents: source, resolveDir: join(__dirname, '../..') },
      bundle: true,
      platform: 'node',
      outfile: script,
      logLevel: 'error',
    });
    for (const wait of [0, 3, 7, 12]) {
      const place = join(folder, `kill-${wait}`);
      mkdirSync(place);
      const child = fork(script, [place], { silent: true });
      await once(child, 'message');
      await new Promise((done) => setTimeout(done, wait));
      child.kill('SIGKILL');
      await once(child, 'exit');
      const { seq } = JSON.parse(readFileSync(join(place, 'run.json'), 'utf8')) as { seq: number };
      expect(seq).toBeGreaterThanOrEqual(3);
      const { metrics, problems } = parseLines(readFileSync(join(place, 'metrics.jsonl')), 'metrics.jsonl');
      expect(metrics.length).toBeGreaterThanOrEqual(4);
      expect(problems).toEqual([]);
    }
  });
});

describe('gitState', () => {
  it('is null where there is no repository', () => {
    expect(gitState(folder)).toBeNull();
  });

  it('is null where there is no git', () => {
    vi.stubEnv('PATH', folder);
    expect(gitState(join(__dirname, '../..'))).toBeNull();
    vi.unstubAllEnvs();
  });
});
