// The map of poolings: one a line.
export { attentionPooling } from './attentionPooling';
export { meanPooling } from './meanPooling';
