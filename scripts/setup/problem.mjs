/** What stops the set-up, told in a line or two: what was expected and came, and what to do about it. */
export class Problem extends Error {
  constructor(message, { remedy, log, code = 1 } = {}) {
    super(message);
    this.remedy = remedy;
    this.log = log;
    this.code = code;
  }
}

/** Ctrl-C or a signal from outside. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.code = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal];
  }
}

const SYSTEM = {
  ENOSPC: 'free some space on that disk',
  EDQUOT: 'free some space, your disk quota is used up',
  EROFS: 'clone the project onto a disk that can be written',
  EACCES: 'make the project folder yours (ls -l shows whose it is)',
  EPERM: 'make the project folder yours (ls -l shows whose it is)',
};

export function tell(error) {
  if (error instanceof Interrupted) {
    console.error('setup: interrupted; what was finished is kept, the same command goes on from there');
  } else if (error instanceof Problem) {
    console.error(`setup: ${error.message}`);
    if (error.remedy) console.error(`       to repair: ${error.remedy}`);
    if (error.log) console.error(`       what was printed: ${error.log}`);
  } else if (error.syscall) {
    console.error(`setup: ${error.message}`);
    console.error(`       to repair: ${SYSTEM[error.code] ?? 'see the path and reason above'}, then repeat`);
    return 1;
  } else {
    console.error('setup: this is a fault of the set-up itself:');
    console.error(error);
  }
  return typeof error.code === 'number' ? error.code : 1;
}
