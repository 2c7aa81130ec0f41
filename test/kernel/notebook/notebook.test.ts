import { describe, expect, it } from 'vitest';
import { notebookText, parseNotebook } from '../../../lib/kernel/notebook/notebook';

/** As nbformat 5.10 of Python writes it: the form of JupyterLab. */
const SAVED = `{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "c0",
   "metadata": {},
   "outputs": [
    {
     "data": {
      "application/json": {
       "a": [],
       "n": [
        1e-07,
        1.5e-05,
        0.0001,
        -2e-05,
        1e+22,
        1.5,
        {}
       ]
      },
      "image/png": "abc\\n",
      "text/html": [
       "<a>\\n",
       "<b>"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    },
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "a\\r",
      "b\\n"
     ]
    }
   ],
   "source": [
    "const é = 1;\\n",
    "é"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

describe('a notebook', () => {
  it('is written as it was read, byte for byte', () => {
    expect(notebookText(parseNotebook(SAVED))).toBe(SAVED);
  });

  it('holds text as one string in memory', () => {
    const [cell] = parseNotebook(SAVED).cells;
    expect(cell?.source).toBe('const é = 1;\né');
    expect(cell?.outputs?.[1]?.text).toBe('a\rb\n');
  });

  it('sorts keys and splits lines of what was written another way', () => {
    const { cells, ...rest } = JSON.parse(SAVED) as { cells: { source: string[] }[] };
    const shuffled = { ...rest, cells: cells.map(({ source, ...cell }) => ({ source: source.join(''), ...cell })) };
    expect(notebookText(parseNotebook(JSON.stringify(shuffled)))).toBe(SAVED);
  });

  it('gives cells without ids the same ones each time', () => {
    const old = JSON.stringify({
      nbformat: 4,
      nbformat_minor: 4,
      metadata: {},
      cells: [{ cell_type: 'markdown', metadata: {}, source: 'x' }],
    });
    const [first, second] = [parseNotebook(old).cells[0]?.id, parseNotebook(old).cells[0]?.id];
    expect(first).toMatch(/^[0-9a-f]{8}$/);
    expect(second).toBe(first);
  });

  it.each([
    ['{"cells": [', /^expected a notebook \(JSON\)/],
    ['{"nbformat": 3, "worksheets": []}', /^expected nbformat 4, got 3$/],
    ['{"nbformat": 4}', /^expected a list of cells, got none$/],
    ['{"nbformat": 4, "cells": [{"cell_type": "heading"}]}', /^cell 1: expected cell_type code, markdown or raw, got "heading"$/],
    ['null', /^expected nbformat 4, got undefined$/],
  ])('is refused with a reason: %s', (text, reason) => {
    expect(() => parseNotebook(text)).toThrow(reason);
  });
});
