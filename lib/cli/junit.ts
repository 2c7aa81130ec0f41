/** The report of a run as JUnit XML, which continuous integration reads: a notebook is a suite, a cell a test. */
import type { CellReport, NotebookReport } from '../kernel/runNotebook';

export function junit(notebooks: readonly NotebookReport[]): string {
  const suites = notebooks.map(({ notebook, seconds, cells }) => {
    const failures = cells.filter(isFailure).length;
    const skipped = cells.filter(({ status }) => status === 'not run').length;
    const head = `<testsuite name="${escaped(notebook)}" tests="${cells.length}" failures="${failures}" skipped="${skipped}" time="${seconds}">`;
    return [`  ${head}`, ...cells.map((cell) => `    ${testcase(notebook, cell)}`), '  </testsuite>'].join('\n');
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map((suite) => `${suite}\n`).join('')}</testsuites>\n`;
}

function testcase(notebook: string, cell: CellReport): string {
  const open = `<testcase classname="${escaped(notebook)}" name="cell ${cell.cell}" time="${cell.seconds}"`;
  if (cell.status === 'not run') return `${open}><skipped/></testcase>`;
  if (!isFailure(cell)) return `${open}/>`;
  return `${open}><failure type="${cell.status}" message="${escaped(cell.error ?? '')}">${escaped(cell.traceback ?? '')}</failure></testcase>`;
}

const isFailure = ({ status }: CellReport): boolean => status !== 'ok' && status !== 'not run';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;' };

const escaped = (text: string): string =>
  [...text]
    .filter(isAllowed)
    .map((character) => ENTITIES[character] ?? character)
    .join('');

/** XML has no way to write most control characters. */
const isAllowed = (character: string): boolean => character >= ' ' || character === '\n' || character === '\t';
