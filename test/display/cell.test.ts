import { afterEach, expect, it } from 'vitest';
import { cellSignal } from '../../lib/display/cell';

const place = Symbol.for('fovea.signal');
const globals = globalThis as Record<symbol, unknown>;
afterEach(() => {
  delete globals[place];
});

it('hands over the signal of the running cell, and none elsewhere', () => {
  expect(cellSignal()).toBeUndefined();
  const controller = new AbortController();
  globals[place] = controller.signal;
  expect(cellSignal()).toBe(controller.signal);
  globals[place] = 'no signal';
  expect(cellSignal()).toBeUndefined();
});
