/** Losses are mean cross-entropy in nats, without penalties; accuracies are shares, 0 to 1. */
export type EpochRecord = {
  readonly epoch: number;
  readonly step: number;
  readonly rate: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
};
