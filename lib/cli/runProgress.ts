/**
 * What `fovea run` says while it runs, on stderr: on a terminal one line that is written over each second, elsewhere a line
 * when a notebook starts and ends, and one a minute for what takes long.
 */
import { duration } from '../display/progressLine';

export type Times = Readonly<Record<string, number>>;

export type Progress = {
  /** `cells`: ids of its code cells in order; `times`: seconds that they took when they last ran, as far as known. */
  readonly start: (name: string, cells: readonly string[], times: Times) => void;
  readonly cell: (name: string, at: { readonly cell: number; readonly of: number; readonly id: string }) => void;
  readonly end: (name: string, text: string) => void;
  /** A line of its own, that stays. */
  readonly say: (text: string) => void;
  readonly close: () => void;
};

export type Screen = { readonly write: (text: string) => unknown; readonly isTTY?: boolean; readonly columns?: number };

type Running = {
  readonly began: number;
  readonly cells: readonly string[];
  readonly times: Times;
  at: string;
  /** When it ends, as far as the times tell. */
  expected: number | undefined;
};

const TERMINAL_MS = 1000;
const ELSEWHERE_MS = 60_000;
const WORTH_SAYING_S = 5;

export function runProgress(screen: Screen, everyMs: number = screen.isTTY ? TERMINAL_MS : ELSEWHERE_MS): Progress {
  const running = new Map<string, Running>();
  const clear = screen.isTTY ? '\r\x1b[K' : '';
  const lines = (): string[] => [...running].map(([name, state]) => `${name}: ${state.at}, ${timesText(state)}`);
  const redraw = (): void => {
    if (screen.isTTY)
      screen.write(
        clear +
          lines()
            .join(' | ')
            .slice(0, (screen.columns || 80) - 1),
      );
  };
  const say = (text: string): void => {
    screen.write(`${clear}${text}\n`);
    redraw();
  };
  const tick = (): void => {
    if (screen.isTTY) redraw();
    else for (const line of lines()) say(line);
  };
  const timer = setInterval(tick, everyMs);

  return {
    say,
    start: (name, cells, times) => {
      const began = Date.now();
      const state: Running = { began, cells, times, at: 'starting', expected: expectedEnd(began, cells, times) };
      running.set(name, state);
      if (screen.isTTY) redraw();
      else
        say(
          `${name}: ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}${state.expected === undefined ? '' : `, about ${duration((state.expected - began) / 1000)}`}`,
        );
    },
    cell: (name, { cell, of, id }) => {
      const state = running.get(name);
      if (!state) return;
      state.at = `cell ${cell} of ${of}`;
      state.expected = expectedEnd(Date.now(), state.cells.slice(Math.max(0, state.cells.indexOf(id))), state.times);
      redraw();
    },
    end: (name, text) => {
      running.delete(name);
      say(`${name}: ${text}`);
    },
    close: () => {
      clearInterval(timer);
      running.clear();
      if (screen.isTTY) screen.write(clear);
    },
  };
}

/** Undefined where the times of the cells are not known, or short. */
function expectedEnd(from: number, cells: readonly string[], times: Times): number | undefined {
  const known = cells.map((id) => times[id]).filter((seconds) => seconds !== undefined);
  const sum = known.reduce((all, seconds) => all + seconds, 0);
  return sum < WORTH_SAYING_S ? undefined : from + 1000 * sum;
}

function timesText({ began, expected }: Running): string {
  const elapsed = (Date.now() - began) / 1000;
  if (expected === undefined) return duration(elapsed);
  return `${duration(elapsed)} of about ${duration(Math.max(elapsed, (expected - began) / 1000))}`;
}
