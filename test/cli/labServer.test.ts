/** The server of `fovea lab`, in whose place a few lines of Node stand: JupyterLab itself is in test/browser/lab.test.ts. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../lib/cli/error';
import { freePort } from '../../lib/cli/freePort';
import { type Lab, startLab } from '../../lib/cli/labServer';

/** Listens on the port it is told, writes the record that Jupyter writes, and says its address and its arguments. */
const SERVER = `#!${process.execPath}
const port = Number(process.argv.find((word) => word.startsWith('--ServerApp.port=')).split('=')[1]);
const server = require('node:http').createServer((request, reply) => {
  reply.statusCode = request.headers.authorization === 'token abc123' ? 200 : 403;
  reply.end('{}');
});
server.listen(port, '127.0.0.1', () => {
  const record = process.env.JUPYTER_RUNTIME_DIR + '/jpserver-' + process.pid + '.json';
  require('node:fs').writeFileSync(record, JSON.stringify({ port, token: 'abc123' }));
  process.stderr.write('http://127.0.0.1:' + port + '/lab?tok');
  setTimeout(() => process.stderr.write('en=abc123\\n' + process.argv.slice(4).join(' ') + '\\n'), 50);
});
`;

const WANTED = 8990;
let root: string;
let taken: Server | undefined;
let labs: Lab[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fovea-lab-'));
  labs = [];
});
afterEach(async () => {
  await Promise.all(labs.map(({ stop }) => stop()));
  taken?.close();
  taken = undefined;
  rmSync(root, { recursive: true, force: true });
});

function python(program: string): void {
  mkdirSync(join(root, '.venv', 'bin'), { recursive: true });
  writeFileSync(join(root, '.venv', 'bin', 'python'), program);
  chmodSync(join(root, '.venv', 'bin', 'python'), 0o755);
}

async function start(): Promise<Lab> {
  const lab = await startLab({ root, port: WANTED, browser: false });
  labs.push(lab);
  return lab;
}

const refusal = async (started: Promise<unknown>): Promise<{ message: string; exitCode: number }> => {
  const error = await started.then(
    () => expect.unreachable('it started'),
    (reason: unknown) => reason as UserError,
  );
  expect(error).toBeInstanceOf(UserError);
  return { message: error.message, exitCode: error.exitCode };
};

describe('the server of the lab', () => {
  it('is asked for where there is none', async () => {
    expect(await refusal(start())).toEqual({
      message: 'JupyterLab is not set up (no .venv): run `npm start`, or `npx fovea doctor` to see what is missing',
      exitCode: 2,
    });
  });

  it('that ends at once is quoted with its last line, and its log is named', async () => {
    python('#!/bin/sh\necho starting\necho "No module named jupyterlab" >&2\nexit 1\n');
    expect(await refusal(start())).toEqual({
      message: expect.stringMatching(
        /^JupyterLab ended before it answered: No module named jupyterlab; see \.jupyter\/lab-\d+\.log$/,
      ) as string,
      exitCode: 1,
    });
  });

  it('that cannot be started is told with the reason of the system', async () => {
    python('#!/no/such/interpreter\n');
    expect((await refusal(start())).message).toMatch(/^JupyterLab ended before it answered: spawn .*ENOENT; see /);
  });

  it('takes the next port where another program has the one asked for', async () => {
    python(SERVER);
    const first = await freePort(WANTED, '127.0.0.1');
    taken = createServer();
    await new Promise<void>((done) => taken!.listen(first, '127.0.0.1', done));
    const { origin } = await start();
    expect(Number(new URL(origin).port)).toBeGreaterThan(first);
  });

  it('has a log of its own where two run in one project, and no token in it', async () => {
    python(SERVER);
    const [one, two] = [await start(), await start()];
    expect(one.log).not.toBe(two.log);
    for (const { origin, log } of [one, two]) {
      const written = await lines(join(root, log), 2);
      expect(written[0]).toBe(`${origin}/lab?token=...`); // though it came in two pieces
      expect(written[1]).toContain(`--ServerApp.port=${new URL(origin).port} `);
    }
  });

  it('listens on 127.0.0.1 alone and offers no other kernel', async () => {
    python(SERVER);
    const [, words] = await lines(join(root, (await start()).log), 2);
    for (const word of ['--ServerApp.ip=127.0.0.1', '--KernelSpecManager.allowed_kernelspecs=tslab']) expect(words).toContain(word);
    expect(words).not.toMatch(/token=|password|allow_origin|disable_check_xsrf/);
  });
});

describe('a free port', () => {
  it('is the one asked for where nobody has it, and none is looked for beyond 65535', async () => {
    const free = await freePort(WANTED, '127.0.0.1');
    expect(await freePort(free, '127.0.0.1')).toBe(free);
    taken = createServer();
    await new Promise<void>((done) => taken!.listen(65_535, '127.0.0.1', done));
    expect((await refusal(freePort(65_535, '127.0.0.1'))).message).toBe('no free port from 65535 to 65535: give another with --port');
  });
});

async function lines(path: string, count: number): Promise<string[]> {
  for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((done) => setTimeout(done, 20))) {
    const all = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    if (all.length >= count) return all;
  }
  throw new Error(`${path} had no ${count} lines`);
}
