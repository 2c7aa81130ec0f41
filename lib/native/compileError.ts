/** A function that cannot be compiled: what is wrong, the call that shows it and the line that made the call. */

/** Frames between a line and the operation it asks for: tfjs, Node, and what of this library passes operations on. */
const PLUMBING =
  /@tensorflow[\\/]|tfjs-(core|node|layers|converter)[\\/](src|dist)[\\/]|node:internal|[\\/(]lib[\\/](dist[\\/])?(native|tensor)[\\/]|<anonymous>\)?$/;

export class CompileError extends Error {
  override readonly name = 'CompileError';
  /** The tfjs function called, such as dataSync. */
  readonly call: string | undefined;
  /** Where, as file:line:column. */
  readonly line: string | undefined;

  constructor(what: string) {
    const site = siteOf(new Error().stack ?? '');
    super(`compile: ${what}${site.line ? ` (${site.call ? `${site.call} at ` : ''}${site.line})` : ''}`);
    this.call = site.call;
    this.line = site.line;
  }
}

/** The innermost line of the function's own, and what it called. */
export function siteOf(stack: string): { call: string | undefined; line: string | undefined } {
  const frames = stack.split('\n').filter((frame) => /^\s*at /.test(frame));
  const own = frames.findIndex((frame) => !PLUMBING.test(frame));
  if (own < 0) return { call: undefined, line: undefined };
  const line = /\(?([^()\s]+:\d+:\d+)\)?$/.exec(frames[own]!)?.[1];
  const called = /at (?:async |new )?(?:[\w$]+\.)*([\w$]+)/.exec(frames[own - 1] ?? '')?.[1];
  return { call: called?.replace(/__op$|_$/, ''), line };
}
