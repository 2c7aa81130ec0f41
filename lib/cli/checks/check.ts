/** One line of `fovea doctor`: what was looked at, what was found, and the command that repairs it. */
export type Status = 'ok' | 'warn' | 'fail';
export type Check = { readonly name: string; readonly status: Status; readonly detail: string; readonly repair: string | undefined };

/** A check says what it found; what it throws is a failure, told in one line. */
export type Checker = { readonly name: string; readonly repair: string; readonly look: () => Finding | Promise<Finding> };
export type Finding = string | { readonly warn: string; readonly repair?: string };

/** What a checker throws when it knows a better repair than its usual one. */
export class Fault extends Error {
  readonly repair: string | undefined;
  constructor(message: string, repair?: string) {
    super(message);
    this.repair = repair;
  }
}

export async function look({ name, repair, look }: Checker): Promise<Check> {
  try {
    const found = await look();
    if (typeof found === 'string') return { name, status: 'ok', detail: found, repair: undefined };
    return { name, status: 'warn', detail: found.warn, repair: found.repair ?? repair };
  } catch (error) {
    const [detail = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { name, status: 'fail', detail, repair: (error instanceof Fault ? error.repair : undefined) ?? repair };
  }
}
