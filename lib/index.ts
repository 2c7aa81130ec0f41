// The package: named exports, by folder. `import { ... } from 'fovea'` in a notebook, a script or another package.
import * as tf from '@tensorflow/tfjs-core';
import { compile } from './native/compile';
import { useCompiler } from './tensor/compiler';

export * from './core';
export * from './data/augment/all';
export * from './data/augment/compose';
export * from './data/batches';
export * from './data/clutteredFashion';
export * from './data/fashion';
export * from './data/imageSet';
export * from './data/loadData';
export * from './data/moments';
export * from './display/cell';
export * from './display/clearOutput';
export * from './display/input';
export * from './display/live';
export * from './display/progress';
export * from './display/save';
export * from './display/show';
export * from './experiment/experiment';
export * from './experiment/localise';
export * from './experiment/run';
export * from './experiment/runs';
export * from './experiment/statistics';
export { reload } from './kernel/cells/reload';
export * from './native/backend';
export * from './native/checkpoint';
export * from './native/compile';
export { CompileError } from './native/compileError';
export * from './native/exportSavedModel';
export * from './plot/attentionDistribution';
export * from './plot/attentionMap';
export * from './plot/confusionMatrix';
export * from './plot/embedding3d';
export * from './plot/figure';
export * from './plot/imageGrid';
export * from './plot/intervals';
export * from './plot/learningCurves';
export * from './plot/numberGrid';
export * from './plot/pairMatrix';
export * from './plot/pixelExplorer';
export * from './plot/whereItLooks';

useCompiler(compile);

export { tf };
