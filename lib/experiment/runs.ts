/**
 * Runs on the disk: a folder `runs/<id>/` each, which is the truth; whatever else is shown is derived from it.
 *
 *   run.json        what was run and how it ended; replaced whole (atomic.ts), so a kill leaves the old or the new one
 *   metrics.jsonl   one line a measurement, appended and brought to the disk at least once a second
 *
 * A run whose process was killed keeps the status `running`.
 */
import { closeSync, existsSync, fdatasyncSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isNativeError } from 'node:util/types'; // an error of a notebook's cell is no instance of our Error
import { cannotWrite, discard, makeFolder, syncFolder, writeAtomic } from '../native/atomic';
import { projectRoot } from '../native/projectRoot';
import { plain } from './canonicalJson';
import { formatLine, type MetricLine, parseLines } from './metricLines';
import { beginRecord, type RunRecord, type RunRequest, runRecord } from './runRecord';

export { canonicalJson, configHash, type Json } from './canonicalJson';
export type { MetricLine } from './metricLines';
export type { RunRecord, RunRequest, RunStatus } from './runRecord';

/** A run that is going on. Exactly one of `finish`, `fail` and `interrupt` ends it. */
export type Run = {
  readonly id: string;
  readonly folder: string;
  readonly log: (step: number, values: { readonly [name: string]: number }) => void;
  readonly finish: (results?: unknown) => RunRecord;
  readonly fail: (error: unknown) => RunRecord;
  readonly interrupt: () => RunRecord;
};

export type StoredRun = {
  readonly folder: string;
  readonly record: RunRecord;
  readonly metrics: readonly MetricLine[];
  /** the last line was cut short: the process was killed while it wrote */
  readonly torn: boolean;
  /** damage, each with file, line and byte */
  readonly problems: readonly string[];
};

export type RunsFolder = { folder?: string };

export const runsFolder = (): string => join(projectRoot(), 'runs');

const syncEvery = 1000; // ms

export function openRun({ folder = runsFolder(), ...request }: RunRequest & RunsFolder): Run {
  const { name, seed } = request;
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(name)) throw new Error(`openRun: name must be letters, digits and single hyphens, got '${name}'`);
  if (!Number.isSafeInteger(seed)) throw new Error(`openRun: seed must be a whole number, got ${seed}`);
  plain(request.config, 'openRun: config'); // before there is a folder

  const now = new Date();
  const { id, path } = newFolder(folder, `${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}-${name}-s${seed}`);
  let record = beginRecord(id, request, now);
  const save = (): void => writeAtomic(join(path, 'run.json'), `${JSON.stringify(record, null, 2)}\n`);
  const lines = appender(join(path, 'metrics.jsonl')); // first: saving brings the folder with both files to the disk
  try {
    save();
  } catch (error) {
    lines.close();
    discard(path); // a folder without a record would be no run
    throw error;
  }

  const end = (change: Partial<RunRecord>): RunRecord => {
    if (record.status !== 'running') throw new Error(`run ${id}: it has already ended, as ${record.status}`);
    record = { ...record, ...change, ended: new Date().toISOString() };
    record = { ...record, lines: lines.close() };
    save();
    return record;
  };
  return {
    id,
    folder: path,
    log: (step, values) => {
      if (record.status !== 'running') throw new Error(`run ${id}: it has ended, as ${record.status}, and takes no more metrics`);
      lines.append(step, values);
    },
    finish: (results) => end({ status: 'finished', results: results === undefined ? null : plain(results, 'results') }),
    fail: (error) => {
      try {
        return end({ status: 'failed', error: isNativeError(error) ? error.message : String(error) });
      } catch {
        return record; // a full disk is often why it failed: the caller is about to report that, and must not be kept from it
      }
    },
    interrupt: () => end({ status: 'interrupted' }),
  };
}

/** Makes a folder of its own for a run, whoever else does the same at the same moment. */
function newFolder(folder: string, wanted: string): { id: string; path: string } {
  try {
    makeFolder(resolve(folder));
  } catch (error) {
    throw cannotWrite(folder, error);
  }
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    try {
      mkdirSync(join(folder, id));
      syncFolder(folder);
      return { id, path: join(folder, id) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotWrite(join(folder, id), error);
    }
  }
}

type Appender = { append: (step: number, values: MetricLine['values']) => void; close: () => number };

function appender(path: string): Appender {
  const file = openFile(path);
  let [seq, synced] = [0, Date.now()];
  let timer: NodeJS.Timeout | undefined;
  let failure: Error | undefined; // after one nothing is added: the line may have been cut short
  const guarded = (body: () => void): void => {
    try {
      body();
    } catch (error) {
      failure = cannotWrite(path, error);
    }
  };
  const sync = (): void => {
    clearTimeout(timer);
    timer = undefined;
    guarded(() => fdatasyncSync(file));
    synced = Date.now();
  };
  return {
    append: (step, values) => {
      const line = formatLine({ seq, step, t: Date.now() / 1000, values });
      if (!failure) guarded(() => writeFileSync(file, line));
      if (failure) throw failure;
      seq++;
      if (Date.now() - synced >= syncEvery) sync();
      // a loop that leaves the event loop no turn is served by the line above, one that pauses by this timer
      else timer ??= setTimeout(sync, syncEvery).unref();
    },
    close: () => {
      sync();
      closeSync(file);
      if (failure) throw failure;
      return seq;
    },
  };
}

function openFile(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** One run as it lies on the disk; a bad run.json is an error, bad metrics are listed in `problems`. */
export function readRun(folder: string): StoredRun {
  const record = readRecord(folder);
  const path = join(folder, 'metrics.jsonl');
  const { metrics, torn, problems } = parseLines(existsSync(path) ? readFileSync(path) : Buffer.alloc(0), path);
  if (record.lines !== null && record.lines !== metrics.length && problems.length === 0) {
    problems.push(`${path}: expected the ${record.lines} lines that run.json counts, found ${metrics.length}`);
  }
  return { folder, record, metrics, torn, problems };
}

function readRecord(folder: string): RunRecord {
  const path = join(folder, 'run.json');
  if (!existsSync(path)) throw new Error(`${path}: no such file, so ${folder} is not a run`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: expected JSON, found: ${(error as Error).message}; restore the file or remove the run`);
  }
  const found = runRecord.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new Error(`${path}: ${issue?.path.join('.') || 'record'}: ${issue?.message}; restore the file or remove the run`);
}

/** All runs, the newest first; a folder that is not a run is listed in `problems`. */
export function listRuns({ folder = runsFolder() }: RunsFolder = {}): {
  runs: { folder: string; record: RunRecord }[];
  problems: string[];
} {
  const runs: { folder: string; record: RunRecord }[] = [];
  const problems: string[] = [];
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))) {
    try {
      runs.push({ folder: join(folder, name), record: readRecord(join(folder, name)) });
    } catch (error) {
      problems.push((error as Error).message);
    }
  }
  runs.sort((a, b) =>
    a.record.started === b.record.started ? (a.record.id < b.record.id ? 1 : -1) : a.record.started < b.record.started ? 1 : -1,
  );
  return { runs, problems };
}

/** The newest finished and undamaged run of a configuration and seed, on the same data where their hash is given. */
export function findFinished(
  configHash: string,
  seed: number,
  { folder, data }: RunsFolder & { data?: string } = {},
): StoredRun | undefined {
  const { runs } = listRuns(folder === undefined ? {} : { folder });
  for (const { folder: path, record } of runs) {
    if (record.status !== 'finished' || record.configHash !== configHash || record.seed !== seed) continue;
    if (data !== undefined && record.data !== data) continue;
    const stored = readRun(path);
    if (stored.problems.length === 0) return stored;
  }
  return undefined;
}
