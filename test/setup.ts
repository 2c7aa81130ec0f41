import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { ready } from '../lib/native/backend';

// every test runs in a tidy of its own and must leave no tensor beyond it
beforeAll(async () => {
  await ready();
});
let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(({ task }) => {
  tf.engine().endScope();
  if (task.result?.state !== 'fail') expect(tf.memory().numTensors, `tensors left by "${task.name}"`).toBe(before);
});
