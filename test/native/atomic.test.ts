import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, writeAtomic } from '../../lib/native/atomic';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('writeAtomic', () => {
  it('replaces a file and leaves nothing beside it', () => {
    const path = join(folder, 'run.json');
    writeAtomic(path, 'old');
    writeAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('names the folder that is missing and what to do', () => {
    expect(() => writeAtomic(join(folder, 'none', 'run.json'), 'x')).toThrow(
      /none.run\.json: cannot be written, the folder does not exist: make it first/,
    );
  });

  it('says that a part of the path is a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeAtomic(join(folder, 'file', 'run.json'), 'x')).toThrow(/a part of the path is a file/);
  });
});

describe('makeFolder', () => {
  it('makes the folders above too, and does not mind one that is there', () => {
    makeFolder(join(folder, 'a', 'b', 'c'));
    makeFolder(join(folder, 'a', 'b', 'c'));
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c']);
  });

  it('refuses where a file stands in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file', 'under'))).toThrow(/EEXIST|ENOTDIR/);
  });

  it.runIf(process.platform === 'linux')('ends where nothing can be made', () => {
    expect(() => makeFolder('/proc/fovea/under')).toThrow(/ENOENT/);
  });
});
