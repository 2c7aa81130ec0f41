/**
 * The portable backend: tfjs on WebAssembly, with the one kernel that training lacks there. The gradient of a convolution
 * by its filter is itself a convolution in which batch and channels change places:
 *
 *   dW = conv(pad(x) as 'c h w b', dy as 'h w b to', dilation = stride)
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

type Attributes = { strides: [number, number] | number; pad: 'valid' | 'same'; filterShape: [number, number, number, number] };

export async function startWasm(): Promise<void> {
  const load = createRequire(__filename);
  load('@tensorflow/tfjs'); // all gradients and chained methods; tfjs-core alone has none
  const { setWasmPaths } = load('@tensorflow/tfjs-backend-wasm') as { setWasmPaths: (folder: string) => void };
  setWasmPaths(dirname(load.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!tf.getKernel('Conv2DBackpropFilter', 'wasm')) {
    tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: filterGradient });
  }
  if (!(await tf.setBackend('wasm')))
    throw new Error('ready: expected the wasm backend to start, it did not; run `npm start` again to repair the packages');
  await tf.ready();
}

const filterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as unknown as { x: Tensor4D; dy: Tensor4D };
  const { strides, pad, filterShape } = attrs as unknown as Attributes;
  return tf.tidy(() => {
    const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad);
    const { top, left } = info.padInfo;
    const height = (info.outHeight - 1) * info.strideHeight + info.filterHeight;
    const width = (info.outWidth - 1) * info.strideWidth + info.filterWidth;
    const bottom = Math.max(0, height - x.shape[1] - top);
    const right = Math.max(0, width - x.shape[2] - left);
    const around: [number, number][] = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ];
    const padded = tf.slice(tf.pad(x, around), [0, 0, 0, 0], [x.shape[0], height, width, x.shape[3]]);
    const images = tf.transpose(padded, [3, 1, 2, 0]);
    const filters = tf.transpose(dy, [1, 2, 0, 3]);
    const swapped = tf.conv2d<Tensor4D>(images as Tensor4D, filters as Tensor4D, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
    return tf.transpose(swapped, [1, 2, 0, 3]);
  });
};
