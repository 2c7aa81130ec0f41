/** Numbers that a kernel takes to be of another kind: integers and NaN. */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Repairs } from './repair';

export const numbers: Repairs = {
  // Round of int32 gives zeros
  Round: ({ x }, _, stock) => (x!.dtype === 'int32' ? tf.clone(x!) : stock()),
  // TensorFlow's Sign lets NaN through; tfjs has the sign of NaN 0
  Sign: ({ x }, _, stock) => {
    const sign = stock() as Tensor;
    return x!.dtype === 'float32' ? tf.where(tf.isNaN(x!), tf.zerosLike(sign), sign) : sign;
  },
  // IsNan, of which Step is made, takes no integers, which are never NaN
  Step: ({ x }, _, stock) => (x!.dtype === 'float32' ? stock() : tf.cast(stock({ x: tf.cast(x!, 'float32') }) as Tensor, x!.dtype)),
  LeakyRelu: ({ x }, _, stock) => stock({ x: tf.cast(x!, 'float32') }),
  Diag: ({ x }, _, stock) => (x!.dtype === 'bool' ? tf.cast(stock({ x: tf.cast(x!, 'int32') }) as Tensor1D, 'bool') : stock()),
};
