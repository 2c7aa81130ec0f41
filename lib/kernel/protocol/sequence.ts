/**
 * Whether all that a kernel published has arrived. Publishing sockets drop what they cannot keep and say nothing, so the
 * kernel numbers its messages in their metadata, and the client counts the numbers that are missing.
 */
import type { Message } from './message';

const NUMBER = 'fovea_number';

/** Numbers messages from 1. */
export function sequenceNumbers(): (message: Message) => Message {
  let last = 0;
  return (message) => {
    last++;
    return { ...message, metadata: { ...message.metadata, [NUMBER]: last } };
  };
}

export type SequenceCheck = {
  readonly heard: (message: Message) => void;
  /** Of those sent after the first that was heard. */
  readonly lost: () => number;
};

export function sequenceCheck(): SequenceCheck {
  let last: number | undefined;
  let lost = 0;
  return {
    heard: ({ metadata }) => {
      const number = metadata[NUMBER];
      if (typeof number !== 'number') return; // of another kernel
      if (last !== undefined) lost += number - last - 1;
      last = number;
    },
    lost: () => lost,
  };
}
