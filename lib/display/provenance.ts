/**
 * Where a figure comes from, written into each file that leaves the notebook and into a manifest beside it. Only saving
 * and exporting add it; what is shown in a notebook carries nothing that changes from run to run.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Figure } from '../plot/figure';
import { vegaModules } from './render';

export type Provenance = {
  readonly seeds?: readonly number[];
  /** The id of the run. */
  readonly run?: string;
  /** Hash of the configuration. */
  readonly configuration?: string;
  /** Hash of each data set by its name. */
  readonly data?: Readonly<Record<string, string>>;
  readonly versions?: Readonly<Record<string, string>>;
  /** The git commit of the code; by default that of the working folder. */
  readonly commit?: string;
  /** By default the figure's description. */
  readonly caption?: string;
};

export type Stamp = Provenance & {
  readonly title: string;
  readonly caption: string;
  readonly specification: string;
  readonly table: string;
};

/** The provenance of one figure: what was given, and what can be found out here. */
export async function stampOf(figure: Figure, provenance: Provenance = {}): Promise<Stamp> {
  const commit = provenance.commit ?? gitCommit(process.cwd());
  return {
    title: figure.title,
    caption: figure.description,
    ...provenance,
    versions: { ...(await ownVersions(figure)), ...provenance.versions },
    ...(commit !== undefined && { commit }),
    specification: sha256(JSON.stringify(figure.spec)),
    table: sha256(JSON.stringify(figure.data)),
  };
}

/** The commit of the repository around a folder, marked where tracked files have changed; undefined outside of one. */
export function gitCommit(folder: string): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const commit = git('rev-parse', 'HEAD');
    return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit} with changes`;
  } catch {
    return undefined;
  }
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

// From lib/display when tests import the source, from lib/dist/display when it is built.
const manifest = [join(__dirname, '..', 'package.json'), join(__dirname, '..', '..', 'package.json')].find(existsSync);
export const version: string = manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : 'unknown';

async function ownVersions(figure: Figure): Promise<Record<string, string>> {
  if (figure.renderer === 'plotly') {
    const plotly = createRequire(__filename)('plotly.js-dist-min/package.json') as { version: string };
    return { fovea: version, 'plotly.js': plotly.version };
  }
  const [vega, vegaLite] = await vegaModules();
  return { fovea: version, vega: vega.version, 'vega-lite': vegaLite.version };
}
