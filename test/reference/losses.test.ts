/**
 * Every loss of the folder named by FOVEA_REFERENCE (default: test/fixtures/reference), built from the entry's own options
 * in PyTorch's names; options that only the call `cls` names are read from there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors } from '../../lib/native/safetensors';
import { binaryCrossEntropy, focalLoss, klDivergence, meanSquaredError, smoothL1, softmaxCrossEntropy } from '../../lib/train/losses/all';

type Row = { name: string; file: string; cls: string; options: Record<string, unknown>; modes: string[]; tol: Record<string, number> };
type Stored = Record<string, tf.Tensor>;
type Call = (x: tf.Tensor, target: tf.Tensor) => tf.Tensor;

const folder = process.env['FOVEA_REFERENCE'] ?? 'test/fixtures/reference';
const rows = (JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).entries as Row[]).filter(({ file }) =>
  file.startsWith('losses/'),
);

function load(file: string): Stored {
  const path = join(folder, file);
  return Object.fromEntries(
    Object.entries(decodeSafetensors(readFileSync(path), path)).map(([key, { dtype, shape, values }]) => [
      key,
      tf.tensor(Array.from(values as ArrayLike<number | bigint>, Number), [...shape], dtype === 'F32' ? 'float32' : 'int32'),
    ]),
  );
}

/** The arguments that the text of a call names: reduction='sum', beta=1. */
function namedIn(cls: string): Record<string, unknown> {
  const found = [...cls.matchAll(/(\w+)=('[^']*'|True|False|None|[-+.\de]+)/g)].map(([, name, text]) => {
    const words: Record<string, unknown> = { True: true, False: false, None: undefined };
    return [name!, text! in words ? words[text!] : text!.startsWith("'") ? text!.slice(1, -1) : Number(text)];
  });
  const word = /, (none|mean|sum)$/.exec(cls)?.[1]; // `sigmoid focal loss, mean`
  return { ...(word && { reduction: word }), ...Object.fromEntries(found) };
}

const classesLast = (x: tf.Tensor): tf.Tensor =>
  x.rank < 3 ? x : tf.transpose(x, [0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1]);

/** The loss of an entry; an argument that none of ours stands for is an error. */
function build({ name, cls, options }: Row, stored: Stored): Call {
  const left = new Map(Object.entries({ ...namedIn(cls), ...options }));
  const constants = new Set(Object.keys(stored).filter((key) => key.startsWith('const.') && key !== 'const.target'));
  for (const size of ['B', 'C', 'H', 'W', 'N', 'M', 'K', 'gain']) left.delete(size);
  const take = <T>(...names: string[]): T | undefined => {
    const key = names.find((one) => left.has(one));
    const value = key === undefined ? undefined : left.get(key);
    for (const one of names) left.delete(one);
    return (value ?? undefined) as T | undefined;
  };
  const array = (key: string): tf.TensorLike | undefined => {
    const given = take<tf.TensorLike>(key);
    return constants.delete(`const.${key}`) ? (stored[`const.${key}`]!.arraySync() as tf.TensorLike) : given;
  };
  const only = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
  const done = (call: Call): Call => {
    const unknown = [...left.keys(), ...constants];
    if (unknown.length > 0) throw new Error(`${name}: ${cls} with arguments that are not known here: ${unknown.join(', ')}`);
    return call;
  };
  const reduction = take<'mean'>('reduction');

  if (cls.includes('kl_div')) {
    const loss = klDivergence(only({ reduction, logTarget: take<boolean>('log_target') }));
    return done((x, target) => loss(cls.includes('log_softmax(') ? tf.logSoftmax(x) : x, target));
  }
  if (cls.includes('binary_cross_entropy_with_logits') || cls.includes('BCEWithLogitsLoss'))
    return done(binaryCrossEntropy(only({ reduction, weight: array('weight'), positiveWeight: array('pos_weight') })));
  if (cls.includes('focal')) {
    const alpha = take<number>('alpha');
    return done(
      focalLoss({ ...only({ reduction, gamma: take<number>('gamma') }), ...(alpha !== undefined && { alpha: alpha < 0 ? null : alpha }) }),
    );
  }
  if (cls.includes('mse_loss') || cls.includes('MSELoss')) return done(meanSquaredError(only({ reduction, weight: array('weight') })));
  if (cls.includes('smooth_l1') || cls.includes('SmoothL1Loss')) return done(smoothL1(only({ reduction, beta: take<number>('beta') })));
  if (/cross_entropy|CrossEntropy/.test(cls)) {
    const labelSmoothing = take<number>('label_smoothing', 'smoothing');
    const ignoreIndex = take<number>('ignore_index');
    const loss = softmaxCrossEntropy(only({ reduction, labelSmoothing, ignoreIndex, weight: array('weight') as number[] | undefined }));
    return done((x, target) => loss(classesLast(x), target.rank === x.rank && target.dtype === 'float32' ? classesLast(target) : target));
  }
  throw new Error(`${name}: no loss here stands for ${cls}`);
}

/** max |ours - theirs| / max(1, max |theirs|). */
function errorOf(ours: tf.Tensor, theirs: tf.Tensor): number {
  expect(ours.size).toBe(theirs.size); // a scalar is stored as [1]
  const mine = ours.dataSync() as Float32Array;
  const wanted = theirs.dataSync() as Float32Array;
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  // NaN must not pass as a small number
  return wanted.reduce((worst, value, i) => {
    const error = Math.abs(mine[i]! - value) / size;
    return error <= worst ? worst : error;
  }, 0);
}

describe(`the losses of ${folder} agree with PyTorch and timm, value and gradient`, () => {
  it('there are some', () => expect(rows.length).toBeGreaterThan(0));

  it.each(rows)('$name', (row) => {
    const stored = load(row.file);
    const loss = build(row, stored);
    const compared = new Set<string>();
    let worst = 0;
    for (const mode of row.modes) {
      const value = (x: tf.Tensor): tf.Tensor => {
        const y = loss(x, stored['const.target']!);
        return stored['dy'] ? tf.mul(tf.reshape(y, stored['dy'].shape), stored['dy']) : y;
      };
      const pairs: [string, tf.Tensor, number][] = [
        [`${mode}.output`, loss(stored['input']!, stored['const.target']!), row.tol['output']!],
        [`${mode}.grad.input`, tf.grad(value)(stored['input']!), row.tol['grad']!],
      ];
      for (const [key, ours, tolerance] of pairs) {
        const error = errorOf(ours, stored[key]!);
        expect(error, `${row.name}, ${key}`).toBeLessThanOrEqual(tolerance);
        worst = Math.max(worst, error);
        compared.add(key);
      }
    }
    const owed = Object.keys(stored).filter((key) => /\.(output$|grad\.|map\.)/.test(key));
    expect([...compared].sort()).toEqual(owed.sort());
    console.info(`${row.name}: ${compared.size} tensors compared, worst error ${worst.toExponential(1)}`);
  });
});
