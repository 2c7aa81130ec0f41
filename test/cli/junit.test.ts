import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { junit } from '../../lib/cli/junit';
import type { NotebookReport } from '../../lib/kernel/runner/runNotebook';

const report: NotebookReport = {
  notebook: 'n.ipynb',
  executed: 'out.ipynb',
  status: 'failed',
  seconds: 1.5,
  parameters: {},
  kernelDied: false,
  cells: [
    { cell: 1, id: 'a', status: 'ok', seconds: 0.5 },
    { cell: 2, id: 'b', status: 'failed', seconds: 1, error: 'Error: a < "b" & \u0007', traceback: 'at In[2]:1:1' },
    { cell: 4, id: 'c', status: 'not run', seconds: 0 },
  ],
};

describe('the report as JUnit', () => {
  it('has a suite a notebook and a test a cell, with XML written safely', () => {
    expect(junit([report])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="n.ipynb" tests="3" failures="1" skipped="1" time="1.5">
    <testcase classname="n.ipynb" name="cell 1" time="0.5"/>
    <testcase classname="n.ipynb" name="cell 2" time="1"><failure type="failed" message="Error: a &lt; &quot;b&quot; &amp; ">at In[2]:1:1</failure></testcase>
    <testcase classname="n.ipynb" name="cell 4" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>
`);
  });

  it('says what went wrong beside the cells as a test of its own', () => {
    const cells = report.cells.slice(0, 1);
    expect(junit([{ ...report, cells, error: 'the disk is full' }])).toContain(
      'tests="2" failures="1" skipped="0" time="1.5">\n    <testcase classname="n.ipynb" name="cell 1" time="0.5"/>\n    <testcase classname="n.ipynb" name="notebook" time="0"><failure type="failed" message="the disk is full">',
    );
  });

  it('is read by another parser as it was meant, whatever characters an error has', () => {
    const all = String.fromCharCode(...Array.from({ length: 0x300 }, (_, code) => code));
    const error = `${all}]]><!-- é 漢 😀 \ud83d \ude00 \ufffe \uffff`;
    const text = junit([
      { ...report, notebook: `odd <&"'> ${'\u{1f441}'}.ipynb`, cells: [{ ...report.cells[1]!, error, traceback: error }] },
    ]);
    const read = `import sys, json, xml.etree.ElementTree as tree
suite = tree.fromstring(sys.stdin.buffer.read())[0]
failure = suite[0][0]
print(json.dumps([suite.get('name'), failure.get('message'), failure.text]))`;
    const [name, message, traceback] = JSON.parse(
      execFileSync(resolve(__dirname, '../../.venv/bin/python'), ['-c', read], { input: text, encoding: 'utf8' }),
    ) as string[];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is left out
    const allowed = error.replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, '');
    expect([name, message, traceback]).toEqual([`odd <&"'> 👁.ipynb`, allowed, allowed]);
    expect(allowed.length).toBeGreaterThan(700);
  });
});
