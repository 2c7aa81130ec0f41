// The map of models: one a line. An experiment names one by its kind.
export { residualNetwork } from './residualNetwork';
