/** The optimiser that a class of PyTorch or timm and its own arguments name. */
import { makeOptimiser, type OptimiserChoice } from '../../lib/train/optimisers/choice';
import type { Optimiser } from '../../lib/train/optimisers/optimiser';
import { type Given, renamed } from './fixture';

const IMPLEMENTATION = ['lr', 'betas', 'foreach', 'fused', 'capturable', 'differentiable', 'max_lr_snapshot', 'corrected_weight_decay'];
const SHARED = { eps: 'epsilon', weight_decay: 'weightDecay', maximize: 'maximise', decoupled_weight_decay: 'decoupled' };
const KINDS: { readonly [cls: string]: { kind: string; rate: number; names: { readonly [theirs: string]: string } } } = {
  SGD: { kind: 'sgd', rate: 1e-3, names: { momentum: 'momentum', dampening: 'dampening', nesterov: 'nesterov' } },
  Adam: { kind: 'adam', rate: 1e-3, names: { amsgrad: 'amsgrad' } },
  AdamW: { kind: 'adamW', rate: 1e-3, names: { amsgrad: 'amsgrad' } },
  NAdam: { kind: 'nadam', rate: 2e-3, names: { momentum_decay: 'momentumDecay' } },
  RMSprop: { kind: 'rmsProp', rate: 1e-2, names: { alpha: 'decay', momentum: 'momentum', centered: 'centred' } },
  Adagrad: { kind: 'adagrad', rate: 1e-2, names: { lr_decay: 'rateDecay', initial_accumulator_value: 'initial' } },
  Lion: { kind: 'lion', rate: 1e-4, names: { caution: 'caution' } },
  Lamb: {
    kind: 'lamb',
    rate: 1e-3,
    names: {
      bias_correction: 'unbias',
      grad_averaging: 'averaging',
      max_grad_norm: 'maxGradNorm',
      trust_clip: 'trustClip',
      always_adapt: 'alwaysAdapt',
      caution: 'caution',
      decoupled_decay: 'decoupled',
    },
  },
};

export function optimiserOf(name: string, cls: string, options: Given): { optimiser: Optimiser; rate: number } {
  const found = KINDS[cls.split('.').at(-1)!];
  if (!found) throw new RangeError(`${name}: expected a class among ${Object.keys(KINDS).join(', ')}, got ${cls}`);
  const {
    lr = found.rate,
    betas,
    corrected_weight_decay: corrected,
  } = options as { lr?: number; betas?: number[]; [name: string]: unknown };
  const choice = {
    kind: found.kind,
    ...renamed(name, options, { ...SHARED, ...found.names }, IMPLEMENTATION),
    ...(betas && { beta1: betas[0], beta2: betas[1] }),
    ...(corrected === true && { peakRate: lr }),
  };
  return { optimiser: makeOptimiser(choice as OptimiserChoice), rate: lr };
}
