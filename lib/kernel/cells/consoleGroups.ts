/** `console.group` indents what follows until `groupEnd`, which a cell that fails never reaches: each cell begins at the margin. */

let depth = 0;
let groupEnd: () => void = () => {};

/** To be called once in a process. */
export function installConsoleGroups(): void {
  const { console } = globalThis;
  groupEnd = console.groupEnd;
  for (const name of ['group', 'groupCollapsed'] as const) {
    const open = console[name];
    console[name] = (...label: unknown[]) => {
      depth++;
      open(...label);
    };
  }
  console.groupEnd = () => {
    if (depth > 0) depth--;
    groupEnd();
  };
}

export function closeConsoleGroups(): void {
  for (; depth > 0; depth--) groupEnd();
}
