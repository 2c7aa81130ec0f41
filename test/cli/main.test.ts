import { describe, expect, it } from 'vitest';
import { fovea } from './fovea';

describe('fovea', () => {
  it('lists its commands when asked for help', async () => {
    const { code, stdout } = await fovea('--help');
    expect(code).toBe(0);
    for (const command of ['lab', 'run', 'export', 'notebooks', 'bench', 'doctor'])
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  });

  it.each([
    [['frobnicate'], "fovea: unknown command 'frobnicate'; see fovea --help\n"],
    [['run'], "fovea run: missing required argument 'notebook'; see fovea run --help\n"],
    [['run', '--frob', 'x.ipynb'], "fovea run: unknown option '--frob'; see fovea run --help\n"],
    [['run', 'absent.ipynb'], 'fovea run: absent.ipynb: no such notebook; `npx fovea notebooks list` shows those there are\n'],
    [
      ['lab', '--port', 'x'],
      "fovea lab: option '--port <n>' argument 'x' is invalid. expected a whole number from 1 to 65535.; see fovea lab --help\n",
    ],
  ])('answers wrong usage %j in one line, with exit code 2', async (words, line) => {
    expect(await fovea(...words)).toEqual({ code: 2, stdout: '', stderr: line });
  });
});
