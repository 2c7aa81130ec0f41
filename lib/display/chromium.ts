/** Where Chromium is, which only plotly's pictures need. FOVEA_CHROMIUM, where set, is the only place looked at. */
import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import type { BrowserType } from 'playwright-core';

const load = createRequire(__filename);

/** Loaded when a figure needs it: 60 MB, and a quarter of the time that the whole package takes. */
export const chromium = (): BrowserType => (load('playwright-core') as { chromium: BrowserType }).chromium;

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export function findChromium(): string | undefined {
  const chosen = process.env.FOVEA_CHROMIUM;
  if (chosen !== undefined && chosen !== '') return isProgram(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
  return found ?? [chromium().executablePath()].find(isProgram);
}

export const chromiumRemedy =
  'install Chromium (Debian and Ubuntu: apt install chromium) or set FOVEA_CHROMIUM to the program of a Chrome or Chromium';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
