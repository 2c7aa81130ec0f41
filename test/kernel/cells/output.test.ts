import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Execution, type Kernel, KernelDied, startKernel } from '../../../lib/kernel/protocol/client';
import type { Message } from '../../../lib/kernel/protocol/message';
import { here, ofType, printed, sleep } from '../running';

/** What came, piece by piece: `out:`, `err:` or `show:`; pieces of one stream in a row are one. */
function pieces(published: readonly Message[]): string[] {
  const found: string[] = [];
  let last = '';
  for (const { header, content } of published) {
    if (header.msg_type === 'display_data') found.push(`show:${JSON.stringify(content.data)}`);
    if (header.msg_type === 'stream' && content.name === last) found[found.length - 1] += String(content.text);
    else if (header.msg_type === 'stream') found.push(`${String(content.name).slice(3)}:${content.text}`);
    last = header.msg_type === 'stream' ? String(content.name) : header.msg_type === 'display_data' ? '' : last;
  }
  return found;
}

describe('the output of a kernel', () => {
  let kernel: Kernel;
  const byCell = new Map<string, Message[]>();
  beforeAll(async () => {
    kernel = await startKernel({ cwd: here });
    kernel.onPublished((message) => {
      const id = message.parent.msg_id ?? '';
      byCell.set(id, [...(byCell.get(id) ?? []).slice(-50), message]);
    });
    await kernel.execute(
      "import * as tslab from 'tslab';\nimport { spawn, execSync } from 'node:child_process';\nimport { EventEmitter } from 'node:events';",
    );
  }, 60_000);
  afterAll(async () => {
    await kernel.shutdown();
  });

  it('is whole and in order: 10,000 quick lines, in few messages', async () => {
    const { published, lost } = await kernel.execute('for (let i = 0; i < 10_000; i++) console.log(i);');
    expect(printed({ published })).toBe(Array.from({ length: 10_000 }, (_, i) => `${i}\n`).join(''));
    expect([ofType(published, 'stream').length < 100, lost]).toEqual([true, 0]);
  });

  it.each([
    ['one write', "process.stdout.write('abcdefghi\\n'.repeat(2_000_000));"],
    ['many lines', "for (let i = 0; i < 200_000; i++) process.stdout.write('abcdefghi\\n'.repeat(10));"],
  ])('is whole: 20 MB of text by %s', async (_, code) => {
    const { published, lost } = await kernel.execute(code);
    expect(printed({ published }) === 'abcdefghi\n'.repeat(2_000_000)).toBe(true);
    expect(lost).toBe(0);
    const longest = Math.max(...ofType(published, 'stream').map(({ text }) => String(text).length));
    expect(longest).toBeLessThanOrEqual(1024 * 1024 + 1);
  });

  it('keeps stdout, stderr and displays in order', async () => {
    const cell =
      'for (let i = 1; i <= 300; i++) {\n  console.log(i);\n  console.error(-i);\n  if (i % 100 === 0) tslab.display.html(String(i));\n}';
    const wanted = Array.from({ length: 300 }, (_, at) => {
      const i = at + 1;
      return [`out:${i}\n`, `err:-${i}\n`, ...(i % 100 === 0 ? [`show:{"text/html":"${i}"}`] : [])];
    }).flat();
    expect(pieces((await kernel.execute(cell)).published)).toEqual(wanted);
  });

  it('sends the last of many quick updates of a display, and few of the others', async () => {
    const { published } = await kernel.execute(
      'const shown = tslab.newDisplay();\nfor (let i = 0; i <= 20_000; i++) shown.html(String(i));',
    );
    const updates = ofType(published, 'update_display_data');
    expect(ofType(published, 'display_data')).toHaveLength(1);
    expect(updates.at(-1)).toMatchObject({ data: { 'text/html': '20000' }, transient: ofType(published, 'display_data')[0]!.transient });
    expect(updates.length).toBeLessThan(200);
  });

  it('joins the bytes of a character, each stream for itself', async () => {
    const cell =
      "const [one, two] = [Buffer.from('é'), Buffer.from('€')];\nprocess.stdout.write(one.subarray(0, 1));\nprocess.stderr.write(two.subarray(0, 2));\nprocess.stdout.write(one.subarray(1));\nprocess.stderr.write(two.subarray(2));\nprocess.stdout.write('aGk=', 'base64');";
    expect(pieces((await kernel.execute(cell)).published)).toEqual(['out:é', 'err:€', 'out:hi']);
  });

  it('leaves the half of a character to the cell that wrote it', async () => {
    await kernel.execute("void process.stdout.write(Buffer.from('é').subarray(0, 1));");
    expect(printed(await kernel.execute("void process.stdout.write('mine');"))).toBe('mine');
  });

  it('calls back a write', async () => {
    const { published } = await kernel.execute(
      "await new Promise<void>((done) => process.stdout.write('x', () => done()));\nconsole.log('called');",
    );
    expect(printed({ published })).toBe('xcalled\n');
  });

  it('begins each cell at the margin, whatever groups the one before left open', async () => {
    const grouped = await kernel.execute("console.group('a');\nconsole.log('b');\nthrow new Error('c');");
    expect(printed(grouped)).toBe('a\n  b\n');
    expect(printed(await kernel.execute("console.log('d');"))).toBe('d\n');
  });

  it('belongs to the cell that caused it: timers, promises, streams, programs, captured functions', async () => {
    let first = '';
    const cell = `const log = console.log;
let go: (value: string) => void = () => {};
void new Promise<string>((done) => { go = done; }).then((text) => log('then ' + text));
setTimeout(() => log('timer'), 100);
setImmediate(() => log('immediate'));
queueMicrotask(() => log('microtask'));
spawn('sh', ['-c', 'sleep 0.2; echo program']).stdout.on('data', (data) => process.stdout.write(data));
spawn('sh', ['-c', 'sleep 0.2; echo inherited >&2'], { stdio: 'inherit' });
const emitter = new EventEmitter().on('ring', () => console.log('rung'));
setTimeout(() => emitter.emit('ring'), 150);`;
    await kernel.execute(cell, {
      onStart: (id) => {
        first = id;
      },
    });
    const second = await kernel.execute(
      "go('resolved');\nemitter.emit('ring');\nawait new Promise((done) => setTimeout(done, 700));\nconsole.log('mine');",
    );
    await sleep(200);
    expect(printed(second)).toBe('rung\nmine\n'); // it rang itself
    const late = printed({ published: byCell.get(first) ?? [] })
      .trim()
      .split('\n');
    expect(late.sort()).toEqual(['immediate', 'inherited', 'microtask', 'program', 'rung', 'then resolved', 'timer']);
  });

  it('has what programs print that inherit stdout and stderr', async () => {
    const cell =
      "execSync('echo out; echo err >&2', { stdio: 'inherit' });\nawait new Promise((done) => spawn('echo', ['spawned'], { stdio: 'inherit' }).on('close', done));";
    expect(pieces((await kernel.execute(cell)).published)).toEqual(['out:out\n', 'err:err\n', 'out:spawned\n']);
  });

  it('is held up where it floods, and an interrupt ends the flood', async () => {
    const before = memory(kernel.pid);
    const flood = await interrupted(kernel, "for (;;) console.log('x'.repeat(99));", 1500);
    expect(flood.reply.ename).toBe('KeyboardInterrupt');
    expect(printed(flood).length).toBeLessThan(32e6 * 10); // 1.5 s at 32 MB a second and as much at once
    expect(memory(kernel.pid) - before).toBeLessThan(400);
    expect(printed(await kernel.execute("console.log('next');"))).toBe('next\n');
  });
});

describe('the output of a kernel behind a Jupyter server', () => {
  it('is whole, and never more than the server lets pass: 3 MB and 3,000 messages in 3 seconds', async () => {
    const kernel = await startKernel({ cwd: here, env: { FOVEA_OUTPUT_RATE: '0.4' } });
    await kernel.execute('0');
    const came: { at: number; bytes: number }[] = [];
    kernel.onPublished(({ header, content }) => {
      if (header.msg_type === 'stream') came.push({ at: Date.parse(header.date), bytes: JSON.stringify(content).length + 600 });
    });
    const { published, lost } = await kernel.execute(
      'for (let i = 0; i < 40_000; i++) console.log(String(i).padEnd(99));\nfor (let i = 0; i < 1000; i++) i % 2 ? console.log(i) : console.error(i);',
    );
    await kernel.shutdown();
    expect([printed({ published }).length, lost]).toEqual([4_000_000 + 3890, 0]);
    for (const { at } of came) {
      const together = came.filter((other) => other.at >= at && other.at < at + 3000);
      expect(together.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(3e6);
      expect(together.length).toBeLessThan(3000);
    }
  });
});

describe('process.exit in a cell', () => {
  it('ends the kernel with its code, after what was printed before and at the exit', async () => {
    const kernel = await startKernel({ cwd: here });
    const came: Message[] = [];
    kernel.onPublished((message) => came.push(message));
    const died = kernel.execute(
      "process.on('exit', () => console.log('last'));\nconsole.log('one');\nconsole.log('two');\nprocess.exit(3);",
    );
    await expect(died).rejects.toThrow(KernelDied);
    expect(await kernel.exited).toMatchObject({ code: 3, signal: null });
    expect(printed({ published: came })).toBe('one\ntwo\nlast\n');
  });
});

async function interrupted(kernel: Kernel, code: string, afterMs: number): Promise<Execution> {
  const execution = kernel.execute(code);
  await sleep(afterMs);
  await kernel.interrupt();
  return execution;
}

/** Of a process, in megabytes. */
const memory = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
