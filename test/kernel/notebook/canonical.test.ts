import { describe, expect, it } from 'vitest';
import { canonical } from '../../../lib/kernel/notebook/canonical';
import { notebookText, parseNotebook } from '../../../lib/kernel/notebook/notebook';

const executed = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { papermill: { duration: 3 }, kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } },
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: { trusted: true }, source: '# T' },
    {
      cell_type: 'code',
      id: 'b',
      metadata: { execution: { start: '12:00' }, tags: ['parameters'] },
      execution_count: 7,
      source: '1',
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'a\n' },
        { output_type: 'stream', name: 'stdout', text: 'b\n' },
        { output_type: 'execute_result', data: { 'text/plain': '1' }, metadata: {}, execution_count: 7, transient: { display_id: 'x' } },
      ],
    },
  ],
});

describe('the form in which a notebook is committed', () => {
  const { text, changes } = canonical(parseNotebook(executed), executed);
  const cleaned = JSON.parse(text) as {
    cells: Record<string, unknown>[];
    metadata: Record<string, { version?: string; display_name?: string }>;
  };

  it('has no counts, no times and no display ids, and keeps ids, tags and outputs', () => {
    expect(cleaned.cells[0]).toEqual({ cell_type: 'markdown', id: 'a', metadata: {}, source: ['# T'] });
    expect(cleaned.cells[1]).toEqual({
      cell_type: 'code',
      id: 'b',
      metadata: { tags: ['parameters'] },
      execution_count: null,
      source: ['1'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['a\n', 'b\n'] },
        { output_type: 'execute_result', data: { 'text/plain': ['1'] }, metadata: {}, execution_count: null },
      ],
    });
  });

  it('names our kernel and its language as the kernel does itself, else JupyterLab would change the file on opening it', () => {
    expect(Object.keys(cleaned.metadata)).toEqual(['kernelspec', 'language_info']);
    expect(cleaned.metadata.kernelspec?.display_name).toBe('TypeScript (Fovea)');
    expect(cleaned.metadata.language_info?.version).toBe('5.0.4');
  });

  it('says what was not in that form, and finds nothing in what is', () => {
    expect(changes).toEqual([
      'cell 1: metadata of a run',
      'cell 2: metadata of a run',
      'cell 2: execution count',
      'cell 2: outputs with counts, ids or split text',
      'notebook metadata',
    ]);
    expect(canonical(parseNotebook(text), text)).toEqual({ text, changes: [] });
  });

  it('sees a difference in the form alone', () => {
    const compact = JSON.stringify(JSON.parse(text));
    expect(canonical(parseNotebook(compact), compact)).toEqual({ text, changes: ['form (order of keys, indent, lines, ids or version)'] });
    expect(notebookText(parseNotebook(compact))).toBe(text);
  });
});
