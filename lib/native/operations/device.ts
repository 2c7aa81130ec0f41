/** TensorFlow's operations by name, as the kernels under our operations' names call them. */
import type { Attribute, Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend';

export type OpAttribute = { readonly name: string; readonly type: number; readonly value: number | boolean | string | number[] };

/** A kernel under the name of one of our operations. */
export type Kernel = (inputs: Record<string, Tensor>, attributes: Record<string, Attribute>) => Tensor | Tensor[];
export type Kernels = Readonly<Record<string, Kernel>>;

export type Device = {
  /** Whether the C++ kernels of native/kernels are loaded: operations named Fovea... exist in TensorFlow. */
  readonly fused: boolean;
  readonly float32: number;
  readonly int32: number;
  readonly type: (name: string, value?: number) => OpAttribute;
  readonly int: (name: string, value: number | number[]) => OpAttribute;
  readonly float: (name: string, value: number) => OpAttribute;
  readonly bool: (name: string, value: boolean) => OpAttribute;
  readonly text: (name: string, value: string) => OpAttribute;
  readonly one: (op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]) => Tensor;
  readonly many: (op: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[], outputs: number) => Tensor[];
};

export function deviceOf(backend: NodeJSKernelBackend, fused: boolean): Device {
  const { TF_FLOAT, TF_INT32, TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING } = backend.binding;
  const attribute =
    <Value extends OpAttribute['value']>(kind: number) =>
    (name: string, value: Value): OpAttribute => ({ name, type: kind, value });
  return {
    fused,
    float32: TF_FLOAT,
    int32: TF_INT32,
    type: (name, value = TF_FLOAT) => ({ name, type: TF_ATTR_TYPE, value }),
    int: attribute(TF_ATTR_INT),
    float: attribute(TF_ATTR_FLOAT),
    bool: attribute(TF_ATTR_BOOL),
    text: attribute(TF_ATTR_STRING),
    one: (op, attributes, inputs) => backend.executeSingleOutput(op, [...attributes], [...inputs]),
    many: (op, attributes, inputs, outputs) => backend.executeMultipleOutputs(op, [...attributes], [...inputs], outputs),
  };
}
