import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { attentionPooling } from '../../lib/attention/pooling/attentionPooling';
import { selfAttention } from '../../lib/attention/selfAttention';
import { squeezeExcite } from '../../lib/attention/squeezeExcite';
import { batchNorm } from '../../lib/layers/batchNorm';
import { conv2d } from '../../lib/layers/conv2d';
import { layerNorm } from '../../lib/layers/layerNorm';
import { linear } from '../../lib/layers/linear';
import { lossAndGradients } from '../../lib/tensor/grad';
import { evaluation, type Mode, type Module, training, updating } from '../../lib/tensor/module';
import { crossEntropy } from '../../lib/tensor/ops';
import type { Tree } from '../../lib/tensor/tree';
import { agree, fixture, GRADIENT, hwio, inOut, nhwc, OUTPUT } from './fixture';

/** Output, and gradients of sum(output dy) by parameters and input. */
function both<P extends Tree, X extends tf.Tensor, Y extends tf.Tensor>(
  module: Module<P, X, Y>,
  params: P,
  x: X,
  dy: tf.Tensor,
  mode: Mode = evaluation,
) {
  const { aux, grads } = lossAndGradients({ params, x }, ({ params, x }) => {
    const output = module.forward(params, x, mode);
    return { loss: tf.sum(tf.mul(output, dy)) as tf.Scalar, aux: output as tf.Tensor };
  });
  return { output: aux, grads: grads as unknown as { params: P; x: X } };
}
const trainingMode = () => training({ seed: tf.scalar(0, 'int32'), step: tf.scalar(1, 'int32') });
const outputOf = <P extends Tree>(mechanism: {
  init: Module<P, never, unknown>['init'];
  forward: (p: P, x: tf.Tensor4D, m: Mode) => { output: tf.Tensor };
}) => ({
  init: mechanism.init,
  forward: (params: P, x: tf.Tensor4D, mode: Mode): tf.Tensor => mechanism.forward(params, x, mode).output,
});

describe('layers agree with PyTorch, forward and backward', () => {
  it('linear', () => {
    const at = fixture('linear');
    const params = { weight: inOut(at('param.weight')), bias: at<tf.Rank.R1>('param.bias') };
    const rows = (x: tf.Tensor): tf.Tensor2D => tf.reshape(x, [10, -1]);
    const { output, grads } = both(linear({ from: 7, to: 9 }), params, rows(at('input')), rows(at('dy')));
    agree(output, rows(at('eval.output')), OUTPUT);
    agree(grads.x, rows(at('eval.grad.input')), GRADIENT);
    agree(grads.params.weight, inOut(at('eval.grad.param.weight')), GRADIENT);
    agree(grads.params.bias, at('eval.grad.param.bias'), GRADIENT);
  });

  it('conv2d, whose bias is left out here', () => {
    const at = fixture('conv2d');
    const { output, grads } = both(conv2d({ from: 6, to: 8 }), { weight: hwio(at('param.weight')) }, nhwc(at('input')), nhwc(at('dy')));
    agree(tf.add(output, at('param.bias')), nhwc(at('eval.output')), OUTPUT);
    agree(grads.x, nhwc(at('eval.grad.input')), GRADIENT);
    agree(grads.params.weight, hwio(at('eval.grad.param.weight')), GRADIENT);
  });

  it.each(['eval', 'train'])('batchNorm, %s, with its running statistics', (mode) => {
    const at = fixture('batchnorm2d');
    const running = { mean: at<tf.Rank.R1>('buffer.running_mean'), variance: at<tf.Rank.R1>('buffer.running_var') };
    const params = { scale: at<tf.Rank.R1>('param.weight'), shift: at<tf.Rank.R1>('param.bias'), running };
    const norm = batchNorm({ dim: 6 });
    const { output, grads } = both(norm, params, nhwc(at('input')), nhwc(at('dy')), mode === 'train' ? trainingMode() : evaluation);
    agree(output, nhwc(at(`${mode}.output`)), OUTPUT);
    agree(grads.x, nhwc(at(`${mode}.grad.input`)), GRADIENT);
    agree(grads.params.scale, at(`${mode}.grad.param.weight`), GRADIENT);
    agree(grads.params.shift, at(`${mode}.grad.param.bias`), GRADIENT);
    if (mode === 'eval') return;
    const after = updating(params, trainingMode(), (mode) => norm.forward(params, nhwc(at('input')), mode)).params.running;
    agree(after.mean, at('train.buffer_after.running_mean'), OUTPUT);
    agree(after.variance, at('train.buffer_after.running_var'), OUTPUT);
  });

  it('layerNorm', () => {
    const at = fixture('layernorm');
    const params = { scale: at<tf.Rank.R1>('param.weight'), shift: at<tf.Rank.R1>('param.bias') };
    const { output, grads } = both(layerNorm({ dim: 10 }), params, at('input'), at('dy'));
    agree(output, at('eval.output'), OUTPUT);
    agree(grads.x, at('eval.grad.input'), GRADIENT);
    agree(grads.params.scale, at('eval.grad.param.weight'), GRADIENT);
    agree(grads.params.shift, at('eval.grad.param.bias'), GRADIENT);
  });

  it('crossEntropy, mean over the rows', () => {
    const at = fixture('cross_entropy');
    const labels = tf.cast(at('const.target'), 'int32') as tf.Tensor1D;
    const loss = (logits: tf.Tensor2D): tf.Scalar => tf.mean(crossEntropy(logits, labels));
    agree(tf.reshape(loss(at('input')), [1]), at('eval.output'), 1e-5);
    agree(tf.grad(loss as (x: tf.Tensor) => tf.Tensor)(at('input')), at('eval.grad.input'), 1e-5);
  });
});

describe('mechanisms agree with timm and PyTorch: output, map and gradients', () => {
  it('squeezeExcite is timm SEModule', () => {
    const at = fixture('se');
    const layer = (name: string) => ({ weight: inOut(at(`param.${name}.weight`)), bias: at<tf.Rank.R1>(`param.${name}.bias`) });
    const params = { squeeze: layer('fc1'), excite: layer('fc2') };
    const gate = squeezeExcite({ dim: 16, reduction: 4 });
    const { output, grads } = both(outputOf(gate), params, nhwc(at('input')), nhwc(at('dy')));
    agree(output, nhwc(at('eval.output')), OUTPUT);
    agree(gate.forward(params, nhwc(at('input')), evaluation).weights as tf.Tensor, at('eval.map.gate'), OUTPUT);
    agree(grads.x, nhwc(at('eval.grad.input')), GRADIENT);
    agree(grads.params.squeeze.weight, inOut(at('eval.grad.param.fc1.weight')), GRADIENT);
    agree(grads.params.excite.bias!, at('eval.grad.param.fc2.bias'), GRADIENT);
  });

  it('selfAttention is timm Attention plus its input', () => {
    const at = fixture('mhsa');
    const image = (x: tf.Tensor): tf.Tensor4D => tf.expandDims(x, 1); // 7 tokens as a grid of 1 x 7
    const params = {
      queryKeyValue: { weight: inOut(at('param.qkv.weight')) },
      out: { weight: inOut(at('param.proj.weight')), bias: at<tf.Rank.R1>('param.proj.bias') },
    };
    const attention = selfAttention({ dim: 24, heads: 3 });
    const { output, grads } = both(outputOf(attention), params, image(at('input')), image(at('dy')));
    agree(tf.sub(output, image(at('input'))), image(at('eval.output')), OUTPUT);
    agree(attention.forward(params, image(at('input')), evaluation).weights as tf.Tensor, at('eval.map.pair'), OUTPUT);
    agree(tf.sub(grads.x, image(at('dy'))), image(at('eval.grad.input')), GRADIENT);
    agree(grads.params.queryKeyValue.weight, inOut(at('eval.grad.param.qkv.weight')), GRADIENT);
    agree(grads.params.out.weight, inOut(at('eval.grad.param.proj.weight')), GRADIENT);
  });

  it('attentionPooling is a linear score, a softmax over the positions and a weighted sum', () => {
    const at = fixture('seed_repaired');
    const image = (x: tf.Tensor): tf.Tensor4D => tf.expandDims(x, 1);
    const pool = attentionPooling({ dim: 6 });
    const params = { score: { weight: inOut(at('param.linear.weight')) } };
    const { output, grads } = both(outputOf(pool), params, image(at('input')), tf.squeeze(at('dy'), [1]));
    agree(output, tf.squeeze(at('eval.output'), [1]), OUTPUT);
    agree(tf.reshape(pool.forward(params, image(at('input')), evaluation).weights as tf.Tensor, [2, 7, 1]), at('eval.map.token'), OUTPUT);
    agree(grads.x, image(at('eval.grad.input')), GRADIENT);
    agree(grads.params.score.weight, inOut(at('eval.grad.param.linear.weight')), GRADIENT);
    // the bias that is left out: its gradient is zero but for rounding
    expect(Math.abs(at('eval.grad.param.linear.bias').dataSync()[0]!)).toBeLessThan(1e-9);
  });
});
