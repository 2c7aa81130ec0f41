/**
 * TensorFlow's own fused kernels under the names of our operations: relu and its gradient, bias, batch norm and its
 * gradient in one pass each, cross-entropy with its gradient, and a generator without state.
 */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';
import { UNIFORM } from '../tensor/random';

type OpAttribute = { name: string; type: number; value: number | boolean | string };
type Kernel = (inputs: Record<string, Tensor>, attributes: Record<string, Attribute>) => Tensor | Tensor[];

export function registerNativeOperations(device: NodeJSKernelBackend): void {
  const { TF_FLOAT, TF_INT32, TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = device.binding;
  const type = (name: string, value: number = TF_FLOAT): OpAttribute => ({ name, type: TF_ATTR_TYPE, value });
  const float = (name: string, value: number): OpAttribute => ({ name, type: TF_ATTR_FLOAT, value });
  const one = (op: string, attributes: OpAttribute[], inputs: Tensor[]): Tensor => device.executeSingleOutput(op, attributes, inputs);
  const many = (op: string, attributes: OpAttribute[], inputs: Tensor[], outputs: number): Tensor[] =>
    device.executeMultipleOutputs(op, attributes, inputs, outputs);

  const layout: OpAttribute = { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' };
  const isTraining: OpAttribute = { name: 'is_training', type: TF_ATTR_BOOL, value: true };
  const norm = (epsilon: Attribute): OpAttribute[] => [type('T'), type('U'), float('epsilon', epsilon as number), layout, isTraining];

  const kernels: Record<string, Kernel> = {
    FoveaRelu: ({ x }) => one('Relu', [type('T')], [x!]),
    FoveaReluGrad: ({ dy, y }) => one('ReluGrad', [type('T')], [dy!, y!]),
    FoveaAddBias: ({ x, bias }) => one('BiasAdd', [type('T'), layout], [x!, bias!]),
    FoveaAddBiasGrad: ({ dy }) => one('BiasAddGrad', [type('T'), layout], [dy!]),
    FoveaBatchNorm: ({ x, scale, shift }, { epsilon }) => {
      const none = tf.tensor1d([]); // the running statistics that only the other mode reads
      return many('FusedBatchNormV3', [...norm(epsilon!), float('exponential_avg_factor', 1)], [x!, scale!, shift!, none, none], 6);
    },
    FoveaBatchNormGrad: ({ dy, x, scale, saved1, saved2, saved3 }, { epsilon }) =>
      many('FusedBatchNormGradV3', norm(epsilon!), [dy!, x!, scale!, saved1!, saved2!, saved3!], 5).slice(0, 3),
    FoveaCrossEntropy: ({ logits, labels }) =>
      many('SparseSoftmaxCrossEntropyWithLogits', [type('T'), type('Tlabels', TF_INT32)], [logits!, labels!], 2),
    [UNIFORM]: ({ key }, { shape }) =>
      one(
        'StatelessRandomUniform',
        [type('dtype'), type('T', TF_INT32), type('Tseed', TF_INT32)],
        [tf.tensor1d(shape as number[], 'int32'), key!],
      ),
  };
  for (const [kernelName, kernel] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'tensorflow')) continue;
    const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) =>
      kernel(inputs as Record<string, Tensor>, (attrs ?? {}) as Record<string, Attribute>);
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
  }
}
