/** `process.exit` in a cell: what was printed before, and by listeners of `exit`, is sent; then the kernel ends with that code. */
import type { ControlThread } from '../protocol/controlThread';
import { flushOutputs } from './output';

type Exiting = { reallyExit: (code?: number) => never };

/** To be called once in a process. */
export function installExit(control: ControlThread): void {
  const node = process as unknown as Exiting;
  const { reallyExit } = node;
  node.reallyExit = (code) => {
    flushOutputs();
    control.closeNow(); // its sockets, or the process would abort
    return reallyExit.call(process, code);
  };
}
