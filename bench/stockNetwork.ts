/** ResNet-20 and its attention in stock tf.layers, as its documentation would have one write it. */
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { StoredTensors } from 'fovea/dist/native/safetensors';
import { values } from './stored';
import { classes, type Network } from './task';

type Tf = typeof TensorFlow;
type Symbolic = TensorFlow.SymbolicTensor;
type Build = {
  readonly tf: Tf;
  readonly conv: (x: Symbolic, name: string, filters: number, kernel?: number, strides?: number) => Symbolic;
  readonly norm: (x: Symbolic, name: string, momentum?: number) => Symbolic;
  /** One layer, however often it is applied. */
  readonly dense: (name: string, units: number, activation?: 'relu' | 'sigmoid' | 'softmax') => (x: Symbolic) => Symbolic;
};

/** Ends in a softmax, which its cross-entropy takes. The parameters are those of `data`. */
export function stockNetwork(tf: Tf, network: Network, size: number, data: StoredTensors): TensorFlow.LayersModel {
  if (network.kind !== 'resNet20') throw new Error(`stockNetwork: no ${network.kind} in tf.layers`);
  const attend = attentions[network.attention];
  const build = builder(tf, data);
  const { conv, norm, dense } = build;
  const relu = (x: Symbolic): Symbolic => tf.layers.reLU().apply(x) as Symbolic;

  const images = tf.input({ shape: [size, size, 3] });
  let x = relu(norm(conv(images, 'stem.conv', 16), 'stem.norm'));
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const at = `stages.${stage}.${block}`;
      const strides = stage > 0 && block === 0 ? 2 : 1;
      const hidden = relu(norm(conv(x, `${at}.conv1`, width, 3, strides), `${at}.norm1`));
      const y = attend(build, norm(conv(hidden, `${at}.conv2`, width), `${at}.norm2`), `${at}.attention`, width);
      const skip = strides === 1 ? x : norm(conv(x, `${at}.shortcut.conv`, width, 1, strides), `${at}.shortcut.norm`);
      x = relu(tf.layers.add().apply([y, skip]) as Symbolic);
    }
  }
  const logits = dense('head', classes, 'softmax')(tf.layers.globalAveragePooling2d({}).apply(x) as Symbolic);
  return tf.model({ inputs: images, outputs: logits });
}

function builder(tf: Tf, data: StoredTensors): Build {
  const made = (layer: TensorFlow.layers.Layer, x: Symbolic, stored: readonly string[]): Symbolic => {
    const y = layer.apply(x) as Symbolic;
    const weights = layer.trainableWeights.map(({ shape }, index) => tf.tensor(values(data, `params.${stored[index]}`), shape as number[]));
    layer.setWeights([...weights, ...layer.nonTrainableWeights.map((weight) => weight.read())]);
    return y;
  };
  return {
    tf,
    conv: (x, name, filters, kernelSize = 3, strides = 1) => {
      // PyTorch's padding and ours; 'same' is another where the stride is not 1
      const explicit = strides > 1 && kernelSize > 1;
      const padded = explicit ? (tf.layers.zeroPadding2d({ padding: (kernelSize - 1) / 2 }).apply(x) as Symbolic) : x;
      const layer = tf.layers.conv2d({ filters, kernelSize, strides, padding: explicit ? 'valid' : 'same', useBias: false });
      return made(layer, padded, [`${name}.weight`]);
    },
    norm: (x, name, momentum = 0.9) =>
      made(tf.layers.batchNormalization({ momentum, epsilon: 1e-5 }), x, [`${name}.scale`, `${name}.shift`]),
    dense: (name, units, activation) => {
      const layer = tf.layers.dense({ units, ...(activation && { activation }) });
      return (x) => made(layer, x, [`${name}.weight`, `${name}.bias`]);
    },
  };
}

type Attend = (build: Build, x: Symbolic, name: string, dim: number) => Symbolic;

const attentions: { readonly [kind in Extract<Network, { kind: 'resNet20' }>['attention']]: Attend } = {
  none: (_, x) => x,

  squeezeExcite: ({ tf, dense }, x, name, dim) => {
    const summary = tf.layers.globalAveragePooling2d({}).apply(x) as Symbolic;
    const gate = dense(`${name}.excite`, dim, 'sigmoid')(dense(`${name}.squeeze`, hidden(dim), 'relu')(summary));
    return tf.layers.multiply().apply([x, tf.layers.reshape({ targetShape: [1, 1, dim] }).apply(gate) as Symbolic]) as Symbolic;
  },

  cbam: ({ tf, conv, norm, dense }, x, name, dim) => {
    const sigmoid = (x: Symbolic): Symbolic => tf.layers.activation({ activation: 'sigmoid' }).apply(x) as Symbolic;
    const squeeze = dense(`${name}.channel.squeeze`, hidden(dim), 'relu');
    const excite = dense(`${name}.channel.excite`, dim);
    const summaries = [tf.layers.globalAveragePooling2d({}), tf.layers.globalMaxPooling2d({})].map((layer) => layer.apply(x) as Symbolic);
    const scores = tf.layers.add().apply(summaries.map((summary) => excite(squeeze(summary)))) as Symbolic;
    const channels = tf.layers.reshape({ targetShape: [1, 1, dim] }).apply(sigmoid(scores)) as Symbolic;
    const scaled = tf.layers.multiply().apply([x, channels]) as Symbolic;
    const spatial = norm(conv(planes(tf).apply(scaled) as Symbolic, `${name}.spatial.conv`, 1, 7), `${name}.spatial.norm`, 0.99);
    return tf.layers.multiply().apply([scaled, sigmoid(spatial)]) as Symbolic;
  },
};

const hidden = (dim: number): number => Math.max(1, Math.floor(dim / 16));

/** Mean and largest over the channels, which no layer of tf.layers takes. */
function planes(tf: Tf): TensorFlow.layers.Layer {
  class Planes extends tf.layers.Layer {
    static className = 'Planes';
    override computeOutputShape(shape: TensorFlow.Shape): TensorFlow.Shape {
      return [...shape.slice(0, 3), 2];
    }
    override call(inputs: TensorFlow.Tensor | TensorFlow.Tensor[]): TensorFlow.Tensor {
      const [x] = Array.isArray(inputs) ? inputs : [inputs];
      return tf.tidy(() => tf.concat([tf.mean(x!, 3, true), tf.max(x!, 3, true)], 3));
    }
  }
  return new Planes();
}
