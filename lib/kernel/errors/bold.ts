/** Bold as terminals and JupyterLab read it. No colours: those of ANSI vanish on JupyterLab's red, in the light theme or the dark. */
export const bold = (text: string): string => `\x1b[1m${text}\x1b[0m`;
