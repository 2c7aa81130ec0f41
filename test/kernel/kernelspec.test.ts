import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelspecPath, writeKernelspec } from '../../lib/kernel/kernelspec';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fovea-spec-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the kernelspec', () => {
  it('starts this Node with our launcher, is interrupted by message, and bears the name of tslab', () => {
    const path = writeKernelspec(root);
    expect(path).toBe(join(root, '.jupyter', 'data', 'kernels', 'tslab', 'kernel.json'));
    const spec = JSON.parse(readFileSync(path, 'utf8')) as { argv: string[] };
    expect(spec).toMatchObject({ interrupt_mode: 'message', language: 'typescript', display_name: 'TypeScript (Fovea)' });
    expect(spec.argv[0]).toBe(process.execPath);
    expect(existsSync(spec.argv[0]!)).toBe(true);
    expect(spec.argv).toContain(join(root, 'lib', 'dist', 'kernel', 'launcher.js'));
    expect(spec.argv.slice(-2)).toEqual(['--config-path', '{connection_file}']);
  });

  it('is left alone where it is right, and mended where it is not, as after Node or the project moved', () => {
    const path = writeKernelspec(root);
    const right = readFileSync(path, 'utf8');
    const { ino } = statSync(path);
    writeKernelspec(root);
    expect(statSync(path).ino).toBe(ino); // a rewritten file would be another
    writeFileSync(path, right.replace(process.execPath, '/old/node'));
    writeKernelspec(root);
    expect(readFileSync(kernelspecPath(root), 'utf8')).toBe(right);
  });

  it('says why it cannot be written', () => {
    writeFileSync(join(root, '.jupyter'), 'a file where a folder should be');
    expect(() => writeKernelspec(root)).toThrow(/kernel\.json: cannot be written, a part of the path is a file/);
  });
});
