/** An error the user can do something about: one line on stderr and an exit code, never a stack. */

/** What the process ends with: the same for every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, locked: 75, interrupted: 130, kernelDied: 138, terminated: 143 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export class UserError extends Error {
  override readonly name: string = 'UserError';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = EXIT.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
