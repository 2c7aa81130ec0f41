// The map of schedules: one a line.
export { constant } from './constant';
export { cosine } from './cosine';
export { cosineCycles } from './cosineCycles';
export { cosineRestarts } from './cosineRestarts';
export { cyclic } from './cyclic';
export { exponential } from './exponential';
export { factor } from './factor';
export { linear } from './linear';
export { multistep } from './multistep';
export { oneCycle } from './oneCycle';
export { polynomial } from './polynomial';
export { step } from './step';
