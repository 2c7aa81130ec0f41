import { describe, expect, it } from 'vitest';
import { siteOf } from '../../lib/native/compileError';

describe('the place of a call that cannot be compiled', () => {
  it('is the innermost line that is neither of tfjs nor passes operations on, and what it called', () => {
    const stack = `CompileError
    at refuse (/home/me/fovea/lib/dist/native/recorder.js:173:17)
    at NodeJSKernelBackend.readSync (/home/me/fovea/lib/dist/native/recorder.js:190:15)
    at Engine.readSync (/home/me/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:5237:25)
    at Tensor.dataSync (/home/me/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:3830:30)
    at model (/home/me/model.ts:12:5)
    at main (/home/me/main.ts:1:1)`;
    expect(siteOf(stack)).toEqual({ call: 'dataSync', line: '/home/me/model.ts:12:5' });
  });

  it('is found in a cell, where the sources of tfjs are mapped too', () => {
    const stack = `Error
    at nameOf (lib/native/recorder.ts:138:13)
    at kernelFunc (/home/me/fovea/tfjs-core/src/engine.ts:647:22)
    at gather__op (/home/me/fovea/tfjs-core/src/ops/operation.ts:51:22)
    at In[3]:4:22`;
    expect(siteOf(stack)).toEqual({ call: 'gather', line: 'In[3]:4:22' });
  });

  it('is unknown where all lines are of that kind', () => {
    expect(siteOf('Error\n    at relu (/fovea/lib/tensor/ops/relu.ts:9:1)')).toEqual({ call: undefined, line: undefined });
  });
});
