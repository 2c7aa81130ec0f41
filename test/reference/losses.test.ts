/**
 * Every loss of the folder of reference, built from the entry's own options in PyTorch's names; options that only the call
 * `cls` names are read from there.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { binaryCrossEntropy, focalLoss, klDivergence, meanSquaredError, smoothL1, softmaxCrossEntropy } from '../../lib/train/losses/all';
import { type Entry, entriesOf, errorOf, reference, tally, tensorsOf } from './fixture';

type Stored = Record<string, tf.Tensor>;
type Call = (x: tf.Tensor, target: tf.Tensor) => tf.Tensor;
const entries = entriesOf('losses');
const count = tally('losses');

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
function build({ name, cls, options }: Entry, stored: Stored): Call {
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

describe(`the losses of ${reference} agree with PyTorch and timm, value and gradient`, () => {
  it('there are some', () => expect(entries.length).toBeGreaterThan(0));

  it.each(entries)('$name', (entry) => {
    const stored = tensorsOf(entry);
    const loss = build(entry, stored);
    const compared = new Set<string>();
    let worst = 0;
    for (const mode of entry.modes) {
      const value = (x: tf.Tensor): tf.Tensor => {
        const y = loss(x, stored['const.target']!);
        return stored['dy'] ? tf.mul(tf.reshape(y, stored['dy'].shape), stored['dy']) : y;
      };
      const pairs: [string, tf.Tensor, number][] = [
        [`${mode}.output`, loss(stored['input']!, stored['const.target']!), entry.tol['output']!],
        [`${mode}.grad.input`, tf.grad(value)(stored['input']!), entry.tol['grad']!],
      ];
      for (const [key, ours, tolerance] of pairs) {
        const error = errorOf(ours.dataSync(), stored[key]!.dataSync());
        expect(error, `${entry.name}, ${key}`).toBeLessThanOrEqual(tolerance);
        worst = Math.max(worst, error);
        compared.add(key);
      }
    }
    const owed = Object.keys(stored).filter((key) => /\.(output$|grad\.|map\.)/.test(key));
    expect([...compared].sort()).toEqual(owed.sort());
    count(entry.name, compared.size, worst);
  });
});
