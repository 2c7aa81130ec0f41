/**
 * The cells of one kernel: runs them one after another, answers each, and ends one on interrupt.
 *
 * After a failure every request that arrived before the failed cell was answered is `aborted`, as the protocol says, and
 * none that was sent later. An interrupt aborts the cell's signal; code that watches it has a moment to end by itself and
 * keeps what it has, any other is stopped at once.
 */

import type { Language } from '../editor/language';
import { page, question } from '../editor/pager';
import { refusedContent } from '../errors/refused';
import { type ErrorContent, errorContent, INTERRUPTED } from '../errors/traceback';
import type { ControlThread } from '../protocol/controlThread';
import { cellHistory } from '../protocol/history';
import { childOf, type Json, type Message } from '../protocol/message';
import { type ResultBundle, resultBundle } from '../values/result';
import { type CellContext, runInCell } from './cellContext';
import type { CellSources } from './cellSources';
import { cancelTimers } from './cellTimers';
import { rememberEngine } from './engine';
import type { Executor, Outcome } from './executor';
import { cellOutput, type Publish } from './output';

export type Session = {
  readonly execute: (request: Message) => void;
  /** `meant`: the cell (0: none) that it is for, where that is known. */
  readonly interrupt: (meant?: number) => void;
  /** The cell's JavaScript was ended from outside. */
  readonly terminated: (cell: number) => void;
  /** An error that no cell caught: of the cell that caused it. False where there is none. */
  readonly uncaught: (cell: CellContext | undefined, error: unknown) => boolean;
  readonly running: () => Message | undefined;
  /** Content of the reply to a `history_request`. */
  readonly history: (request: Json) => Json;
};

export type SessionParts = {
  readonly executor: Executor;
  readonly explain: Language['explain'];
  readonly sources: CellSources;
  readonly publish: Publish;
  readonly reply: Publish;
  readonly control: ControlThread;
  /** Resolves when the backend runs: awaited before the first cell. */
  readonly ready: () => Promise<unknown>;
  /** Resolves when every request sent so far has been read. */
  readonly drained: () => Promise<void>;
  readonly root: string;
};

type Running = {
  readonly cell: CellContext;
  readonly stop: (reason: Error) => void;
  /** Runs code in the cell's context. */
  readonly run: (number: number, code: string) => Promise<Settled>;
  failed: ErrorContent | undefined;
  interrupted: boolean;
};

const GRACE_MS = 1500;
const { setImmediate, setTimeout } = globalThis; // the process's own, not those of cells

export function cellSession(parts: SessionParts): Session {
  const { executor, explain, sources, publish, reply, control, ready, drained, root } = parts;
  const queue: Message[] = [];
  const history = cellHistory();
  let working = false;
  let count = 0;
  let silent = 0;
  let running: Running | undefined;

  const status = (request: Message, state: 'busy' | 'idle'): void => publish(childOf(request, 'status', { execution_state: state }));
  const answer = (request: Message, content: Json, started = new Date()): void =>
    reply(childOf(request, 'execute_reply', content, { started: started.toISOString() }));

  async function work(): Promise<void> {
    working = true;
    for (let request = queue.shift(); request; request = queue.shift()) {
      status(request, 'busy');
      const started = new Date();
      const { content, failed, interrupted } = await runCell(request);
      if ((failed && request.content.stop_on_error !== false) || interrupted) {
        await drained();
        const waiting = queue.splice(0);
        answer(request, content, started);
        status(request, 'idle');
        for (const other of waiting) {
          status(other, 'busy');
          answer(other, { status: 'aborted', execution_count: count });
          status(other, 'idle');
        }
      } else {
        answer(request, content, started);
        status(request, 'idle');
      }
    }
    working = false;
  }

  async function runCell(request: Message): Promise<{ content: Json; failed: boolean; interrupted: boolean }> {
    const { code, silent: quiet, store_history, user_expressions } = request.content;
    const source = String(code ?? '');
    const recorded = quiet !== true && store_history !== false;
    if (recorded) count++;
    const number = recorded ? count : --silent;
    const output = cellOutput(request, publish);
    if (quiet !== true) output.send('execute_input', { code: source, execution_count: count });
    if (recorded) history.add(count, source);
    const asked = question(source);
    if (asked) {
      const answered = control.shield(() => explain(asked));
      if ('data' in answered) return { content: succeeded([page(answered.data)]), failed: false, interrupted: false };
      output.send('error', answered.error);
      return { content: failedWith(answered.error), failed: true, interrupted: false };
    }

    const cell: CellContext = {
      number,
      request,
      output,
      controller: new AbortController(),
      timers: new Set(),
      usesSignal: false,
      stopped: false,
    };
    let stop: (reason: Error) => void = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = reject;
    });
    stopped.catch(() => {});
    const enter = <T>(body: () => T): T => runInCell(cell, body);
    const current: Running = {
      cell,
      stop,
      failed: undefined,
      interrupted: false,
      run: async (id, text) => {
        const show = async (value: unknown): Promise<ResultBundle | undefined> => {
          await null; // so that code of the value's own is ended as code after an await is
          return resultBundle(value);
        };
        const shown = (value: unknown): Promise<ResultBundle | undefined> => Promise.race([enter(() => show(value)), stopped]);
        return settle(Promise.race([executor.execute(id, text, enter, stopped), stopped]), shown);
      },
    };
    running = current; // from here on an interrupt is this cell's
    control.setRunning(number);
    // leave the socket's own callback: ended from outside inside it, the socket would be lost
    await new Promise((done) => setImmediate(done));
    await control
      .shieldUntil(ready())
      .catch((error: unknown) => output.write('stderr', `${error instanceof Error ? error.message : error}\n`));
    const restoreEngine = rememberEngine();

    const outcome = cell.stopped ? NOT_BEGUN : await current.run(number, source);
    const expressions = outcome.status === 'ok' ? await evaluate(user_expressions, current) : {};
    if (cell.stopped) {
      end(current);
      restoreEngine();
    }
    const failure = current.failed ?? failureOf(outcome, number, current);
    output.flush();
    control.setRunning(0);
    control.answer();
    running = undefined;
    // an uncaught error was sent when it happened
    if (failure && (failure === INTERRUPTED || failure !== current.failed)) output.send('error', failure);
    if (!failure && outcome.status === 'ok' && outcome.value !== undefined && quiet !== true) {
      output.send('execute_result', { ...outcome.value, execution_count: count });
      if (recorded) history.setOutput(count, String(outcome.value.data['text/plain'] ?? ''));
    }
    const content = failure ? failedWith(failure) : succeeded([], expressions);
    return { content, failed: failure !== undefined, interrupted: current.interrupted };
  }

  const succeeded = (payload: readonly Json[], user_expressions: Json = {}): Json => ({
    status: 'ok',
    execution_count: count,
    payload,
    user_expressions,
  });
  const failedWith = (failure: ErrorContent): Json => ({ status: 'error', execution_count: count, ...failure });

  /** What a client wants to know after the cell; one that fails does not fail the cell. */
  async function evaluate(wanted: unknown, current: Running): Promise<Json> {
    const found: Record<string, Json> = {};
    for (const [name, code] of Object.entries(wanted ?? {})) {
      if (current.interrupted) break;
      const number = --silent;
      const outcome = await current.run(number, String(code));
      if (outcome.status === 'ok')
        found[name] = { status: 'ok', ...(outcome.value ?? { data: { 'text/plain': 'undefined' }, metadata: {} }) };
      else found[name] = { status: 'error', ...failureOf(outcome, number, current) };
    }
    return found;
  }

  function failureOf(outcome: Settled, number: number, { interrupted }: Running): ErrorContent | undefined {
    if (outcome.status === 'ok') return undefined;
    if (outcome.status === 'refused') return refusedContent(outcome.diagnostics, number, sources);
    return interrupted ? INTERRUPTED : errorContent(outcome.error, sources, root, number); // it heeded its signal by throwing
  }

  /** Nothing of the cell goes on after this. What it printed before is kept. */
  function end(current: Running): void {
    current.failed = INTERRUPTED;
    if (!current.cell.stopped) current.cell.output.flush();
    current.cell.stopped = true;
    cancelTimers(current.cell);
    current.stop(new Error(INTERRUPTED.evalue));
  }

  return {
    execute: (request) => {
      queue.push(request);
      if (!working) void work();
    },
    interrupt: (meant) => {
      control.answer();
      const current = running;
      if (!current || current.interrupted || (meant ?? current.cell.number) !== current.cell.number) return;
      current.interrupted = true;
      current.cell.controller.abort(new Error(INTERRUPTED.evalue));
      if (!current.cell.usesSignal) end(current);
      else setTimeout(() => running === current && end(current), GRACE_MS);
    },
    terminated: (number) => {
      const current = running;
      if (!current || current.cell.number !== number) return;
      current.interrupted = true;
      current.cell.controller.abort(new Error(INTERRUPTED.evalue));
      end(current);
    },
    uncaught: (cell, error) => {
      if (!cell) return false;
      if (cell.stopped) return true;
      const content = errorContent(error, sources, root, cell.number);
      cell.output.send('error', content);
      if (running?.cell === cell) running.failed ??= content;
      return true;
    },
    running: () => running?.cell.request,
    history: history.answer,
  };
}

/** Of a cell that was interrupted while the backend was still starting. */
const NOT_BEGUN: Settled = { status: 'threw', error: new Error(INTERRUPTED.evalue) };

type Settled = Exclude<Outcome, { status: 'ok' }> | { readonly status: 'ok'; readonly value: ResultBundle | undefined };

/** The outcome with the bundle of its value; whatever throws on the way is the cell's error. */
async function settle(execution: Promise<Outcome>, show: (value: unknown) => Promise<ResultBundle | undefined>): Promise<Settled> {
  try {
    const outcome = await execution;
    return outcome.status === 'ok' ? { status: 'ok', value: await show(outcome.value) } : outcome;
  } catch (error) {
    return { status: 'threw', error };
  }
}
