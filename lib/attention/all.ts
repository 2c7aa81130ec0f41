// The map of mechanisms: one a line. Options, kinds, command-line lists and contract tests derive from it.
export { cbam } from './cbam';
export { neighbourImportance } from './neighbourImportance';
export { none } from './none';
export { selfAttention } from './selfAttention';
export { squeezeExcite } from './squeezeExcite';
