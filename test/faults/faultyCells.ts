/**
 * Cells with faults, drawn by a seed: something that goes wrong, in a place where it may, among lines that are right. Each says
 * what a kernel must make of it.
 */

export type Ending =
  /** It must answer with an error. */
  | 'error'
  /** An error must come, with the answer or within a moment after it. */
  | 'late error'
  /** It goes on for ever, and must end on an interrupt. */
  | 'endless'
  /** The process ends under it. */
  | 'death'
  /** Nothing is wrong: it must pass. */
  | 'none';

export type FaultyCell = { readonly name: string; readonly code: string; readonly ends: Ending };

type Random = () => number;
type Fault = readonly [name: string, code: string];

/** Statements that throw when they run. */
const THROWING: readonly Fault[] = [
  ['an error', "throw new RangeError('faulty');"],
  ['a string', "throw 'faulty';"],
  ['nothing', 'throw undefined;'],
  ['null', 'throw null;'],
  ['a symbol', "throw Symbol('faulty');"],
  ['a frozen object', "throw Object.freeze({ code: 3, reason: 'faulty' });"],
  ['an object that cannot be printed', "throw { toString() { throw new Error('inner'); } };"],
  ['a proxy that refuses all', "throw new Proxy({}, { get() { throw new Error('inner'); }, ownKeys() { throw new Error('inner'); } });"],
  ['an error without a stack', "throw Object.assign(new Error('faulty'), { stack: undefined });"],
  ['an error whose message throws', "throw Object.defineProperty(new Error('x'), 'message', { get() { throw new Error('inner'); } });"],
  ['an error that causes itself', "const own = new Error('faulty'); Object.assign(own, { cause: own }); throw own;"],
  ['many causes', "throw new Error('outer', { cause: new TypeError('middle', { cause: 'inner' }) });"],
  ['several errors', "throw new AggregateError([new Error('one'), 2, undefined], 'both');"],
  ['a long message', "throw new Error('faulty '.repeat(20000));"],
  ['an endless recursion', 'const again = (n: number): number => again(n + 1) + 1; again(0);'],
  ['broken JSON', 'JSON.parse("{ broken");'],
  ['a call of nothing', '(undefined as never as () => void)();'],
  ['an array too long', 'new Array(-1);'],
  ['a buffer too large', 'new ArrayBuffer(2 ** 53 - 1);'],
  ['an assertion', "(require('node:assert') as { equal: (a: unknown, b: unknown) => void }).equal(1, 2);"],
  ['a file that is not there', "(require('node:fs') as { readFileSync: (path: string) => void }).readFileSync('/no/such/file');"],
  ['an abort', 'AbortSignal.abort().throwIfAborted();'],
  ['shapes that do not fit', 'tf.matMul(tf.ones([2, 3]) as never, tf.ones([2, 3]) as never);'],
  ['a tensor that is gone', 'const gone = tf.ones([2]); gone.dispose(); tf.add(gone, 1);'],
  ['an option of the library', 'selfAttention({ dim: 10, heads: 4 });'],
  ['a broken regular expression', "new RegExp('(');"],
];

/** Where a throwing statement stands. */
const PLACES: readonly Fault[] = [
  ['at the top', '{ FAULT }'],
  ['in a function', '(() => { FAULT })();'],
  ['after an await', 'await (async () => { await null; FAULT })();'],
  ['in a loop', 'for (let i = 0; i < 3; i++) { if (i === 1) { FAULT } }'],
  ['in a constructor', 'class Holder { constructor() { FAULT } }\nnew Holder();'],
  ['before a finally', "try { FAULT } finally { console.log('cleanup'); }"],
  ['among promises', 'await Promise.all([1, 2].map(async (n) => { await null; if (n === 2) { FAULT } }));'],
  ['in a callback', '[1].forEach(() => { FAULT });'],
  ['in a generator', 'function* steps() { yield 1; FAULT }\n[...steps()];'],
  ['in a loop over a generator', 'async function* flow() { yield 1; FAULT }\nfor await (const one of flow()) console.log(one);'],
  ['in tidy', 'tf.tidy(() => { FAULT });'],
  ['in a gradient', 'tf.grad((x) => { FAULT return x; })(tf.scalar(1));'],
  ['in a getter', 'const holder = { get value() { FAULT return 1; } };\nholder.value;'],
];

/** Where one stands that runs when nobody waits for it. */
const LATER: readonly Fault[] = [
  ['in a timer', 'setTimeout(() => { FAULT }, 30);'],
  ['in an immediate', 'setImmediate(() => { FAULT });'],
  ['in a microtask', 'queueMicrotask(() => { FAULT });'],
  ['on the next tick', 'process.nextTick(() => { FAULT });'],
  ['in a promise nobody awaits', 'void (async () => { await null; FAULT })();'],
  ['in a promise after a timer', 'void new Promise((done) => setTimeout(done, 40)).then(() => { FAULT });'],
  ['in an interval', 'const beat = setInterval(() => { clearInterval(beat); FAULT }, 20);'],
  [
    'in a listener',
    "const emitter = new (require('node:events') as any)();\nemitter.on('go', () => { FAULT });\nsetTimeout(() => emitter.emit('go'), 20);",
  ],
];

/** Cells that are wrong as a whole. */
const REFUSED: readonly Fault[] = [
  ['a type', "const wide: number = 'sixteen';"],
  ['half a statement', 'const half = (;'],
  ['a name', 'noSuchName + 1;'],
  ['a module', "import { thing } from 'no-such-package';"],
  ['a file that is not there', "import { other } from '../no/such/file';"],
  ['a name of the library', "import { noSuchMechanism } from 'fovea';"],
  ['an option of the library', 'selfAttention({ dims: 8 });'],
  ['an unclosed string', "const text = 'open;"],
  ['a return', 'return 3;'],
];

const LATE_EVENTS: readonly Fault[] = [
  ['a stream without a file', "(require('node:fs') as any).createReadStream('/no/such/file');"],
  ['a program that is not there', "(require('node:child_process') as any).spawn('no-such-program');"],
  ['a worker', "new (require('node:worker_threads') as any).Worker('throw new Error(1)', { eval: true });"],
];

const ENDLESS: readonly Fault[] = [
  ['a loop', 'for (;;);'],
  ['a loop that catches', 'for (;;) { try { JSON.parse("{"); } catch {} }'],
  ['a loop after an await', 'await null;\nfor (;;) Math.sqrt(2);'],
  ['a loop of awaits', 'for (;;) await null;'],
  ['a loop of timers', 'for (;;) await new Promise((done) => setTimeout(done, 5));'],
  ['a promise that never comes', 'await new Promise(() => {});'],
  ['a generator without end', 'async function* ever() { for (;;) yield 1; }\nfor await (const one of ever());'],
  ['a loop of tensors', 'for (;;) tf.tidy(() => tf.sum(tf.ones([64, 64])).dataSync());'],
  ['a finally', 'await null;\ntry { throw 1; } finally { for (;;); }'],
  ['output without end', 'await null;\nfor (let i = 0; ; i++) console.log(i);'],
];

const DEATHS: readonly Fault[] = [
  ['an exit', 'process.exit(3);'],
  ['an exit that says all is well', 'process.exit(0);'],
  ['a kill', "process.kill(process.pid, 'SIGKILL');"],
  ['an abort', 'process.abort();'],
  ['an exit in a timer', 'setTimeout(() => process.exit(0), 20);\nawait new Promise((done) => setTimeout(done, 5000));'],
];

const RIGHT: readonly Fault[] = [
  ['a value', '1 + 1;'],
  ['a caught error', "try { throw new Error('caught'); } catch (error) { console.log(String(error)); }"],
  ['a caught rejection', "await Promise.reject(new Error('caught')).catch(() => 'fine');"],
  ['a tensor', 'tf.ones([2, 2]);'],
  ['a value whose getter throws', "({ get broken() { throw new Error('inner'); } });"],
  ['a proxy that refuses all', "new Proxy({}, { get() { throw new Error('inner'); } });"],
  ['an error as a value', "new Error('only a value');"],
  ['much output', 'for (let i = 0; i < 3000; i++) console.log(i);'],
  ['a timer', "await new Promise((done) => setTimeout(done, 20));\nconsole.log('rested');"],
  ['a rejection handled later', "const late = Promise.reject(new Error('x'));\nlate.catch(() => {});\nawait null;"],
];

const BEFORE = [
  'console.log("begins");',
  'const width = 3;',
  'await null;',
  '// a comment',
  'const double = (n: number): number => 2 * n;',
  'let text = `a\nb`;',
];

/** `count` cells, the same for the same seed. */
export function faultyCells(count: number, seed: number): FaultyCell[] {
  const random = mulberry(seed);
  return Array.from({ length: count }, () => faultyCell(random));
}

function faultyCell(random: Random): FaultyCell {
  const kind = random();
  const lines = BEFORE.filter(() => random() < 0.3).join('\n');
  const cell = (what: string, code: string, ends: Ending): FaultyCell => ({
    name: what,
    code: lines === '' ? code : `${lines}\n${code}`,
    ends,
  });
  const [what, fault] = pick(THROWING, random);
  if (kind < 0.4) {
    const [where, place] = pick(PLACES, random);
    return cell(
      `${what} ${where}`,
      place.replace('FAULT', () => fault),
      'error',
    );
  }
  if (kind < 0.6) {
    const [where, place] = pick(LATER, random);
    return cell(
      `${what} ${where}`,
      place.replace('FAULT', () => fault),
      'late error',
    );
  }
  const [list, ends, prefix] = (
    [
      [REFUSED, 'error', 'wrong: '],
      [LATE_EVENTS, 'late error', 'an event of '],
      [ENDLESS, 'endless', 'endless: '],
      [DEATHS, 'death', 'death by '],
      [RIGHT, 'none', 'right: '],
    ] as const
  )[kind < 0.7 ? 0 : kind < 0.74 ? 1 : kind < 0.85 ? 2 : kind < 0.91 ? 3 : 4]!;
  const [name, code] = pick(list, random);
  return cell(prefix + name, code, ends);
}

const pick = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)]!;

/** Tommy Ettinger's generator of 32 bits: small, and the same everywhere. */
function mulberry(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
