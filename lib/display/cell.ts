/** The signal of the cell that runs now: aborted on interrupt. Set anew for each cell by the kernel; undefined elsewhere. */
export function cellSignal(): AbortSignal | undefined {
  const signal = (globalThis as Record<symbol, unknown>)[Symbol.for('fovea.signal')];
  return signal instanceof AbortSignal ? signal : undefined;
}
