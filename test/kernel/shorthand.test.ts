import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Cell, readNotebook, writeNotebook } from '../../lib/kernel/notebook';
import { runNotebook } from '../../lib/kernel/runNotebook';

const code = (id: string, source: string): Cell => ({ cell_type: 'code', id, metadata: {}, source, execution_count: null, outputs: [] }) as never;

it('a shorthand property names what an earlier cell declared, also as a default in a pattern', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fovea-shorthand-'));
  try {
    const [path, executed] = [join(folder, 'a.ipynb'), join(folder, 'out.ipynb')];
    const cells = [
      code('a', 'const width = 3;\nlet height = 1;'),
      code('b', 'const local = 5;\nconsole.log(JSON.stringify({ width, local, nested: { height } }));'),
      code('c', '({ height = width } = {} as { height?: number });\nconsole.log(height);'),
    ];
    writeNotebook(path, { cells, metadata: { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } }, nbformat: 4, nbformat_minor: 5 });
    const report = await runNotebook({ path, executed });
    expect(report.cells.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    const printed = readNotebook(executed).cells.map((cell) => JSON.stringify((cell as { outputs?: unknown }).outputs));
    expect(printed[1]).toContain('{\\\\\\"width\\\\\\":3,\\\\\\"local\\\\\\":5,\\\\\\"nested\\\\\\":{\\\\\\"height\\\\\\":1}}'.replaceAll('\\\\\\"', '\\\\\\"').replaceAll('\\\\\\', '\\'));
    expect(printed[2]).toContain('3\\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
