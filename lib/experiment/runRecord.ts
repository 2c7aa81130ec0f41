/** What run.json says: what was run, on what, with which versions, and how it ended. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { version_core } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { backend } from '../native/backend';
import { projectRoot } from '../native/projectRoot';
import { configHash, type Json, plain } from './canonicalJson';

export type RunStatus = 'running' | 'finished' | 'failed' | 'interrupted';

export type RunRecord = {
  readonly format: 1;
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly config: Json;
  /** sha256 of the configuration with sorted keys */
  readonly configHash: string;
  readonly seed: number;
  /** sha256 of the data */
  readonly data: string | null;
  readonly versions: { readonly fovea: string; readonly node: string; readonly tfjs: string; readonly tensorflow: string | null };
  readonly backend: { readonly name: string; readonly threads: number } | null;
  /** null where there is no git or no repository */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  readonly host: { readonly name: string; readonly os: string; readonly cpu: string; readonly cores: number; readonly memoryGb: number };
  readonly pid: number;
  readonly started: string;
  readonly ended: string | null;
  /** lines of metrics.jsonl, once it has ended */
  readonly lines: number | null;
  readonly error: string | null;
  readonly results: Json | null;
};

const json: z.ZodType<Json> = z.json() as z.ZodType<Json>;
export const runRecord: z.ZodType<RunRecord> = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  status: z.enum(['running', 'finished', 'failed', 'interrupted']),
  config: json,
  configHash: z.string().length(64),
  seed: z.int(),
  data: z.string().nullable(),
  versions: z.object({ fovea: z.string(), node: z.string(), tfjs: z.string(), tensorflow: z.string().nullable() }),
  backend: z.object({ name: z.string(), threads: z.number() }).nullable(),
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  host: z.object({ name: z.string(), os: z.string(), cpu: z.string(), cores: z.number(), memoryGb: z.number() }),
  pid: z.int(),
  started: z.string(),
  ended: z.string().nullable(),
  lines: z.int().nullable(),
  error: z.string().nullable(),
  results: json.nullable(),
});

export type RunRequest = { readonly name: string; readonly config: unknown; readonly seed: number; readonly data?: string | undefined };

/** The record of a run that begins now on this machine. */
export function beginRecord(id: string, { name, config, seed, data }: RunRequest, now: Date): RunRecord {
  const engine = runningBackend();
  return {
    format: 1,
    id,
    name,
    status: 'running',
    config: plain(config, 'config'),
    configHash: configHash(config),
    seed,
    data: data ?? null,
    versions: { fovea: ownVersion(), node: process.versions.node, tfjs: version_core, tensorflow: engine?.tensorflow ?? null },
    backend: engine ? { name: engine.name, threads: engine.threads } : null,
    git: gitState(projectRoot()),
    host: {
      name: hostname(),
      os: `${type()} ${release()} ${arch()}`,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryGb: Math.round(totalmem() / 2 ** 30),
    },
    pid: process.pid,
    started: now.toISOString(),
    ended: null,
    lines: null,
    error: null,
    results: null,
  };
}

/** Commit and whether files differ from it; null without git, without a repository and before the first commit. */
export function gitState(folder: string): RunRecord['git'] {
  const git = (...words: string[]): string =>
    execFileSync('git', words, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' }, // looking must not disturb a git command of the user's
    }).trim();
  try {
    return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain') !== '' };
  } catch {
    return null;
  }
}

function runningBackend(): ReturnType<typeof backend> | undefined {
  try {
    return backend();
  } catch {
    return undefined; // not started: a run that needs no tensors
  }
}

function ownVersion(): string {
  return (JSON.parse(readFileSync(join(projectRoot(), 'lib', 'package.json'), 'utf8')) as { version: string }).version;
}
