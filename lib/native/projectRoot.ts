/** The project's folder, found from where this file lies (lib/native or lib/dist/native), not from where the user stands. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export function projectRoot(): string {
  const library = [resolve(__dirname, '..'), resolve(__dirname, '../..')].find((folder) => existsSync(join(folder, 'package.json')));
  if (!library) throw new Error(`projectRoot: expected the library's package.json above ${__dirname}, found none`);
  return dirname(library);
}
