/** Ctrl-C, SIGTERM and a closed terminal: once ends what is running in order, twice at once. */
import { EXIT, type ExitCode } from './error';

export type Interruption = {
  readonly signal: AbortSignal;
  /** The exit code that it asks for. */
  readonly code: () => ExitCode | undefined;
  readonly close: () => void;
};

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const;
const SAME_MS = 500; // one Ctrl-C in a terminal comes twice through npx: from the terminal, and handed on by npm

export function interruption(first: () => void, second: (code: ExitCode) => void): Interruption {
  const stop = new AbortController();
  let asked: { readonly code: ExitCode; readonly at: number } | undefined;
  const handlers = Object.entries(CODES).map(([name, code]) => {
    const handler = (): void => {
      if (asked === undefined) {
        asked = { code, at: Date.now() };
        first();
        stop.abort();
      } else if (Date.now() - asked.at > SAME_MS) {
        second(asked.code);
        process.exit(asked.code);
      }
    };
    process.on(name, handler);
    return () => void process.off(name, handler);
  });
  return { signal: stop.signal, code: () => asked?.code, close: () => handlers.forEach((off) => void off()) };
}
