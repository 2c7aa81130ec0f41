/** Ours over PyTorch's best, workload by workload: below the dashed line is ours. */
import type { Figure } from 'fovea';
import { palette, quiet, vegaLite } from 'fovea/dist/plot/theme';
import type { Row } from './row';
import { versus } from './versus';

const [width, step] = [420, 22];

/** Undefined where there is nothing to compare with. */
export function ratios(rows: readonly Row[]): Figure | undefined {
  const data = versus(rows).flatMap(({ workload, threads, median, min, memory }) => {
    const name = `${workload}, ${threads} thread${threads === 1 ? '' : 's'}`;
    const measures = { 'median time': median, 'least time': min, 'peak memory': memory };
    return Object.entries(measures).map(([measure, ratio]) => ({ name, measure, ratio: Number(ratio.toFixed(3)) }));
  });
  if (data.length === 0) return undefined;
  const names = [...new Set(data.map(({ name }) => name))];
  const words = names.map((name) => ({
    name,
    words: data
      .filter((row) => row.name === name)
      .map(({ ratio }) => ratio.toFixed(2))
      .join(' · '),
  }));
  const measures = [...new Set(data.map(({ measure }) => measure))];
  const title = 'Ours over the best of PyTorch';
  const most = Math.max(1.2, ...data.map(({ ratio }) => ratio * 1.05));
  const y = {
    field: 'name',
    type: 'nominal',
    sort: names,
    title: null,
    axis: { domain: false, ticks: false, grid: true, labelFontSize: 11, labelLimit: 260 },
  };
  const x = {
    field: 'ratio',
    type: 'quantitative',
    title: 'ours / PyTorch’s best variant, each measure by itself',
    scale: { domain: [0, most], nice: false },
    axis: { tickCount: 6 },
  };
  return vegaLite({
    title,
    subtitle: `1 is equal, less is ours; numbers: ${measures.join(', ')}`,
    description: `${title}: ${names.map((name, index) => `${name}: ${words[index]!.words}`).join('; ')} (${measures.join(', ')}).`,
    data,
    width: width + 320,
    datasets: { words },
    spec: {
      width,
      height: step * names.length,
      layer: [
        { data: { values: [{ ratio: 1 }] }, mark: { type: 'rule', strokeDash: [4, 3], color: quiet }, encoding: { x } },
        {
          data: { name: 'data' },
          mark: { type: 'point', size: 70, tooltip: true },
          encoding: {
            x,
            y,
            color: {
              field: 'measure',
              type: 'nominal',
              scale: { domain: measures, range: palette.slice(0, 3) },
              legend: { title: null, orient: 'bottom' },
            },
            shape: { field: 'measure', type: 'nominal', scale: { domain: measures, range: ['circle', 'triangle-right', 'square'] } },
          },
        },
        {
          data: { name: 'words' },
          mark: { type: 'text', align: 'left', color: quiet },
          encoding: { x: { value: width + 12 }, y, text: { field: 'words', type: 'nominal' } },
        },
      ],
    },
  });
}
