/** The report of a run as JUnit XML, which continuous integration reads: a notebook is a suite, a cell a test. */
import type { CellReport, NotebookReport } from '../kernel/runner/runNotebook';

export function junit(notebooks: readonly NotebookReport[]): string {
  const suites = notebooks.map(suite);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map((text) => `${text}\n`).join('')}</testsuites>\n`;
}

function suite(report: NotebookReport): string {
  const { notebook, seconds } = report;
  const cells = [...report.cells.map((cell) => ({ name: `cell ${cell.cell}`, ...cell })), ...ofNotebook(report)];
  const failures = cells.filter(isFailure).length;
  const skipped = cells.filter(({ status }) => status === 'not run').length;
  const head = `<testsuite name="${escaped(notebook)}" tests="${cells.length}" failures="${failures}" skipped="${skipped}" time="${seconds}">`;
  return [`  ${head}`, ...cells.map((cell) => `    ${testcase(notebook, cell)}`), '  </testsuite>'].join('\n');
}

type Test = Omit<CellReport, 'cell' | 'id'> & { readonly name: string };

/** A test for what went wrong beside the cells. */
function ofNotebook({ status, error, cells }: NotebookReport): Test[] {
  if (status === 'ok' || status === 'not run' || (error === undefined && cells.some(isFailure))) return [];
  return [{ name: 'notebook', status, seconds: 0, error: error ?? status }];
}

function testcase(notebook: string, { name, status, seconds, error, traceback }: Test): string {
  const open = `<testcase classname="${escaped(notebook)}" name="${name}" time="${seconds}"`;
  if (status === 'not run') return `${open}><skipped/></testcase>`;
  if (!isFailure({ status })) return `${open}/>`;
  return `${open}><failure type="${status}" message="${escaped(error ?? '')}">${escaped(traceback ?? '')}</failure></testcase>`;
}

const isFailure = ({ status }: Pick<CellReport, 'status'>): boolean => status !== 'ok' && status !== 'not run';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

const escaped = (text: string): string =>
  [...text]
    .filter(isAllowed)
    .map((character) => ENTITIES[character] ?? character)
    .join('');

/** XML has no way to write most control characters, halves of pairs, and two more. */
const isAllowed = (character: string): boolean =>
  character >= ' ' ? !/[\ud800-\udfff\ufffe\uffff]/.test(character) || character.length > 1 : character in ENTITIES;
