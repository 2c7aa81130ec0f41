/** A file that is not what was written: cut short, changed, or never finished. It says where, what was expected and what came. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
  constructor(
    readonly path: string,
    expected: string,
    found: string,
    remedy: string = 'the file is damaged, use another copy',
  ) {
    super(`${path}: ${expected}, found ${found}; ${remedy}`);
  }
}
