// The workloads: one a line.
export { attention196, attention1024, attention4096 } from './attention';
export { resNet20 } from './resNet20';
export { tiny } from './tiny';
