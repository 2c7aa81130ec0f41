/** `fovea lab` as a process: its port, its token, its end. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromRoot, type Workplace, workplace } from '../notebooks/workplace';
import { type LabProcess, startLab, until } from './jupyterLab';

const PORT = 8980;
let place: Workplace;
let taken: Server;
let lab: LabProcess;
beforeAll(async () => {
  place = workplace();
  taken = createServer();
  await new Promise<void>((done) => taken.listen(PORT, '127.0.0.1', done));
  lab = await startLab(PORT);
});
afterAll(async () => {
  await lab?.stop('SIGKILL');
  taken.close();
  place.remove();
});

describe('fovea lab', () => {
  it('takes the next port where the one asked for is taken', () => {
    expect(Number(new URL(lab.origin).port)).toBeGreaterThan(PORT);
  });

  it('lets nobody in without the token', async () => {
    expect((await fetch(`${lab.origin}/api/contents`)).status).toBe(403);
    expect((await fetch(`${lab.origin}/api/contents`, { headers: { authorization: `token ${lab.token}` } })).status).toBe(200);
  });

  it('offers the TypeScript kernel alone', async () => {
    const { kernelspecs } = (await lab.api('kernelspecs')) as { kernelspecs: Record<string, { spec: { display_name: string } }> };
    expect(Object.values(kernelspecs).map(({ spec }) => spec.display_name)).toEqual(['TypeScript (Fovea)']);
  });

  it('is ended by Ctrl-C, and its kernels and the server with it', async () => {
    const path = place.put('idle.ipynb', JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const { kernel } = await startSession(fromRoot(path));
    await until(60_000, 'the kernel did not come up', async () => processesWith(kernel.id).length > 0);
    const server = processesWith(`--ServerApp.port=${PORT + 1}`);
    expect(server.length).toBeGreaterThan(0);

    expect(await lab.stop('SIGINT')).toBe(0);
    expect(processesWith(kernel.id)).toEqual([]);
    expect(processesWith(`--ServerApp.port=${PORT + 1}`)).toEqual([]);
    await expect(fetch(lab.origin)).rejects.toThrow();
  });
});

describe('fovea lab, killed', () => {
  it('leaves neither its server nor a kernel behind', async () => {
    lab = await startLab(PORT);
    const port = new URL(lab.origin).port;
    const path = place.put('left.ipynb', JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const { kernel } = await startSession(fromRoot(path));
    await until(60_000, 'the kernel did not come up', async () => processesWith(kernel.id).length > 0);
    expect(processesWith(`--ServerApp.port=${port}`).length).toBeGreaterThan(0);

    await lab.stop('SIGKILL');
    await until(30_000, 'the server went on', async () => processesWith(`--ServerApp.port=${port}`).length === 0);
    await until(30_000, 'the kernel went on', async () => processesWith(kernel.id).length === 0);
  });
});

async function startSession(path: string): Promise<{ kernel: { id: string } }> {
  const reply = await fetch(`${lab.origin}/api/sessions`, {
    method: 'POST',
    headers: { authorization: `token ${lab.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ path, type: 'notebook', name: '', kernel: { name: 'tslab' } }),
  });
  return reply.json() as Promise<{ kernel: { id: string } }>;
}

/** Processes with this text in their command line. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // it has ended meanwhile
      }
    });
}
