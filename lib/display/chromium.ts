/** Where Chromium is, which only plotly's pictures need. FOVEA_CHROMIUM, where set, is the only place looked at. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export function findChromium(): string | undefined {
  const chosen = process.env.FOVEA_CHROMIUM;
  if (chosen !== undefined && chosen !== '') return isProgram(chosen) ? chosen : undefined;
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
  return found ?? [chromium.executablePath()].find(isProgram);
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
