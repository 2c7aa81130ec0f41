import { describe, expect, it } from 'vitest';
import { checkContent } from '../../../lib/kernel/notebook/checkContent';
import type { Output } from '../../../lib/kernel/notebook/notebook';
import { notebookOf } from '../notebookOf';

const stream = (text: string): Output => ({ output_type: 'stream', name: 'stdout', text });
const shown = (data: Record<string, string | object>): Output => ({ output_type: 'display_data', data: data as never, metadata: {} });
const messages = (...outputs: Output[]): string[] => checkContent(notebookOf({ source: '1', outputs })).map(({ message }) => message);
const markdown = (source: string): string[] =>
  checkContent(notebookOf({ source, markdown: true })).map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('what must not be in a committed notebook', () => {
  it('is an absolute path, in a source with its line or in an output with its own', () => {
    const found = checkContent(
      notebookOf(
        "1;\nread('/tmp/data.csv')",
        { source: '2', outputs: [stream('done\nsaved to /home/ada/figure.svg\n')] },
        "fetch('https://example.org/home/x'); './tmp/x'",
      ),
    );
    expect(found).toEqual([
      { cell: 1, line: 2, column: 7, message: 'an absolute path: /tmp/data.csv' },
      { cell: 2, message: 'output 1, line 2: an absolute path: /home/ada/figure.svg' },
    ]);
  });

  it('is an absolute path in the data of a figure, but not what looks like one in a picture', () => {
    const plain = 'Accuracy against epoch, two runs';
    const figure = shown({ 'application/vnd.vegalite.v5+json': { data: { url: '/home/ada/a.csv' } }, 'text/plain': plain });
    expect(messages(figure)).toEqual(['output 1, line 1: an absolute path: /home/ada/a.csv']);
    expect(messages(shown({ 'image/png': 'AA+/home/ada/BB', 'text/plain': plain }))).toEqual([]);
  });

  it.each([
    ['ended at 09:41:07', '09:41:07'],
    ['ended at 9:41 am', '9:41 am'],
    ['begun 2026-11-22', '2026-11-22'],
    ['begun Nov 22, 2026', 'Nov 22, 2026'],
    ['trained in 12.3 s', '12.3 s'],
    ['3ms a step', '3ms'],
    ['about 2 minutes left', '2 minutes'],
  ])('is a time: %s', (text, time) => {
    expect(messages(stream(`first\n${text}\n`))).toEqual([`output 1, line 2: a time, which the next run changes: ${time}`]);
  });

  it.each([
    '16:9 pictures',
    'row 24, column 13: 0.5',
    '3 seeds, 5 samples',
    'entropy 6.49 nats',
    '400 of 400 steps',
    'arXiv 1709.01507 of 2017',
    '2 sides',
    '1.5 m/s',
    '[9, 10] 20:30 splits',
  ])('is not: %s', (text) => {
    expect(messages(stream(text))).toEqual([]);
  });

  it('is an output of more than 300 kB', () => {
    const output = (length: number): Output => shown({ 'image/png': 'x'.repeat(length), 'text/plain': 'A map of weights' });
    expect(messages(output(299_000))).toEqual([]);
    expect(messages(output(1), output(400_000))).toEqual(['output 2: 400 kB, more than 300 kB']);
  });

  it('is a figure without words, or with those that a thing has by default', () => {
    const missing = 'output 1: a figure without alternative text: its text/plain must say what is seen';
    expect(messages(shown({ 'image/png': 'x' }))).toEqual([missing]);
    for (const text of ['', '<Figure size 640x480 with 1 Axes>', '[object Object]', 'Figure 1'])
      expect(messages(shown({ 'application/vnd.plotly.v1+json': {}, 'text/plain': text })), text).toEqual([missing]);
    expect(messages(shown({ 'image/svg+xml': '<svg/>', 'text/plain': 'Weights of nine pixels' }))).toEqual([]);
    expect(messages(shown({ 'text/plain': '3' }))).toEqual([]);
  });

  it('is a picture in a text without alternative text, except where it is shown as code', () => {
    const missing = 'a picture without alternative text: ![what is seen](...)';
    expect(markdown('# T\nsee ![](a.png) and ![a map](b.png)')).toEqual([`2:5 ${missing}`]);
    expect(markdown('<img src="a.png">\n<img src="b.png" alt="a map"> <img alt="">')).toEqual([`1:1 ${missing}`, `2:31 ${missing}`]);
    expect(markdown('`![](a.png)`\n```md\n![](a.png)\n```\n![](c.png)')).toEqual([`5:1 ${missing}`]);
  });

  it('is a picture without alternative text in the markup of an output, but neither its bytes nor its style', () => {
    const image = (more: string): Output =>
      shown({ 'text/html': `<img style="transition: 0.3s" src="data:image/png;base64,A+/tmp/B"${more}>` });
    expect(messages(image(' alt="nine values"'))).toEqual([]);
    expect(messages(image(''))).toEqual(['output 1: a picture without alternative text: ![what is seen](...)']);
  });

  it('is an error that was kept, except where it is the purpose of the cell', () => {
    const outputs: Output[] = [{ output_type: 'error', ename: 'RangeError', evalue: 'no half of 3\nat all', traceback: [] }];
    expect(checkContent(notebookOf('1', { source: '2', outputs }))).toEqual([
      { cell: 2, message: 'output 1: an error is kept, RangeError: no half of 3' },
    ]);
    expect(checkContent(notebookOf({ source: '2', outputs, tags: ['raises-exception'] }))).toEqual([]);
  });

  it('is a cell of more than 60 lines', () => {
    const cell = (lines: number): string => Array.from({ length: lines }, (_, i) => `const x${i} = ${i};`).join('\n');
    expect(checkContent(notebookOf(cell(60)))).toEqual([]);
    expect(checkContent(notebookOf(cell(61)))).toEqual([
      { cell: 1, line: 61, column: 1, message: 'a cell of 61 lines, more than 60: move a part into a file' },
    ]);
  });
});
