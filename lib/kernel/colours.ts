/** Colours of a traceback, as terminals and JupyterLab read them. */
export const RED = '\x1b[31m';
export const GREEN = '\x1b[32m';
export const OFF = '\x1b[0m';
