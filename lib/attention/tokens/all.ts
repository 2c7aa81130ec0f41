// The map of mechanisms for tokens, which a host with a class token takes: one a line.
export { multiHeadAttention } from './multiHeadAttention';
