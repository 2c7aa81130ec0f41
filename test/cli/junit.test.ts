import { describe, expect, it } from 'vitest';
import { junit } from '../../lib/cli/junit';

describe('the report as JUnit', () => {
  it('has a suite a notebook and a test a cell, with XML written safely', () => {
    const cells = [
      { cell: 1, id: 'a', status: 'ok', seconds: 0.5 },
      { cell: 2, id: 'b', status: 'failed', seconds: 1, error: 'Error: a < "b" & \u0007', traceback: 'at In[2]:1:1' },
      { cell: 4, id: 'c', status: 'not run', seconds: 0 },
    ] as const;
    expect(
      junit([{ notebook: 'n.ipynb', executed: 'out.ipynb', status: 'failed', seconds: 1.5, parameters: {}, cells }]),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="n.ipynb" tests="3" failures="1" skipped="1" time="1.5">
    <testcase classname="n.ipynb" name="cell 1" time="0.5"/>
    <testcase classname="n.ipynb" name="cell 2" time="1"><failure type="failed" message="Error: a &lt; &quot;b&quot; &amp; ">at In[2]:1:1</failure></testcase>
    <testcase classname="n.ipynb" name="cell 4" time="0"><skipped/></testcase>
  </testsuite>
</testsuites>
`);
  });
});
