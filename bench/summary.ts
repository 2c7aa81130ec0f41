/** What the rows say together, in lines. */
import type { Row } from './row';
import { versus } from './versus';

export function summary(rows: readonly Row[]): string[] {
  return [...overPyTorch(rows), ...timesStock(rows), ...pipelineShare(rows)];
}

const at = ({ workload, threads }: { workload: string; threads: number }): string =>
  `${workload}, ${threads} thread${threads === 1 ? '' : 's'}`;

const overPyTorch = (rows: readonly Row[]): string[] =>
  versus(rows).map(
    (row) =>
      `${at(row)}: ours over the best of PyTorch ${row.min.toFixed(2)} (least time), ${row.median.toFixed(2)} (median), ${row.memory.toFixed(2)} (memory)`,
  );

const timesStock = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ engine }) => engine === 'fovea compiled')
    .flatMap((ours) => {
      const stock = rows.find(
        ({ engine, workload, threads }) => engine === 'tfjs-node stock' && workload === ours.workload && threads === ours.threads,
      );
      return stock ? [`${at(ours)}: ${(stock.ms.median / ours.ms.median).toFixed(1)} times as fast as stock tfjs-node (median)`] : [];
    });

/** Of the step that eats what the pipeline makes ready. */
function pipelineShare(rows: readonly Row[]): string[] {
  const pipeline = rows.find(({ workload }) => workload === 'pipeline');
  if (!pipeline) return [];
  return rows
    .filter(({ workload, engine }) => workload === 'resnet20' && engine === 'fovea compiled')
    .map((step) => `pipeline: ${((100 * pipeline.ms.median) / step.ms.median).toFixed(1)} % of a step of ${at(step)}`);
}
