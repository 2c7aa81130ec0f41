import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jupyterEnvironment, prepareJupyter, processEnvironment, runtimeFolder } from '../../lib/kernel/jupyter';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fovea-jupyter-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

describe("the project's Jupyter", () => {
  it('has every folder below .jupyter, none of them open to others', () => {
    prepareJupyter(root);
    const folders = Object.entries(jupyterEnvironment(root)).filter(([, value]) => value.startsWith(root));
    expect(folders.map(([name]) => name).sort()).toEqual([
      'IPYTHONDIR',
      'JUPYTERLAB_SETTINGS_DIR',
      'JUPYTERLAB_WORKSPACES_DIR',
      'JUPYTER_CONFIG_DIR',
      'JUPYTER_DATA_DIR',
      'JUPYTER_RUNTIME_DIR',
    ]);
    for (const [name, folder] of folders) {
      expect(folder.startsWith(join(root, '.jupyter')), name).toBe(true);
      expect(statSync(folder).mode & 0o077, name).toBe(0);
    }
    expect(runtimeFolder(root)).toBe(jupyterEnvironment(root).JUPYTER_RUNTIME_DIR);
  });

  it('does not ask for news, also when it is prepared again', () => {
    prepareJupyter(root);
    prepareJupyter(root);
    const page = readFileSync(join(root, '.jupyter', 'config', 'labconfig', 'page_config.json'), 'utf8');
    expect(JSON.parse(page)).toEqual({ disabledExtensions: { '@jupyterlab/apputils-extension:announcements': true } });
  });

  it("reads nothing of the user's other installations and keeps the rest of the environment", () => {
    vi.stubEnv('JUPYTER_PATH', '/elsewhere');
    vi.stubEnv('JUPYTER_TOKEN', 'known to all');
    vi.stubEnv('PYTHONPATH', '/elsewhere');
    vi.stubEnv('JUPYTER_DATA_DIR', '/elsewhere');
    vi.stubEnv('FOVEA_KEPT', 'yes');
    const env = processEnvironment(root);
    expect([env.JUPYTER_PATH, env.JUPYTER_TOKEN, env.PYTHONPATH]).toEqual([undefined, undefined, undefined]);
    expect(Object.values(env)).not.toContain('/elsewhere');
    expect(env).toMatchObject({ FOVEA_KEPT: 'yes', PATH: process.env.PATH, PYTHONNOUSERSITE: '1' });
  });
});
