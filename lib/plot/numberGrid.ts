/** Small grids of numbers side by side, the value written in each cell: a formula worked out on a picture of 3 x 3. */
import { check, checkGrid } from './check';
import type { Figure, Grid, Words } from './figure';
import { digits, ended } from './numbers';
import { cividis, colourAt, greys, hair, ink, signed, vegaLite, wrong } from './theme';

export type NumberGridOptions = Words & {
  readonly grids: readonly {
    readonly title: string;
    readonly values: Grid;
    /** grey for pixels from 0 to 1, magnitude from 0 to the largest, signed about zero, none for plain numbers. */
    readonly colour?: 'grey' | 'magnitude' | 'signed' | 'none';
    /** Digits after the point. */
    readonly digits?: number;
    /** Cells to frame, as [row, column]. */
    readonly mark?: readonly (readonly [row: number, column: number])[];
  }[];
};

const who = 'numberGrid';
const [cell, gap, head] = [44, 30, 20];

export function numberGrid(options: NumberGridOptions): Figure {
  const { grids } = options;
  check(grids.length > 0, who, 'at least one grid', 'none');
  const sizes = grids.map(({ title, values }) => checkGrid(who, title, values));
  const starts = sizes.map((_, g) =>
    sizes.slice(0, g).reduce((x, size, i) => x + Math.max(cell * size.width, 7 * grids[i]!.title.length) + gap, 0),
  );
  const cells = grids.flatMap(({ title, values, colour = 'none', digits: after = 2, mark = [] }, g) => {
    for (const [r, c] of mark)
      check(
        values[r]?.[c] !== undefined,
        who,
        `marked cells inside ${title} of ${sizes[g]!.height} x ${sizes[g]!.width}`,
        `row ${r}, column ${c}`,
      );
    const paint = painter(colour, values.flat());
    return values.flatMap((row, r) =>
      row.map((value, c) => {
        const [red, green, blue] = paint(value);
        return {
          grid: title,
          row: r,
          column: c,
          value,
          text: value
            .toFixed(after)
            .replace(/^-(?=[0.]*$)/, '')
            .replace('-', '\u2212'),
          fill: `rgb(${red},${green},${blue})`,
          ink: 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? ink : '#ffffff',
          marked: mark.some(([mr, mc]) => mr === r && mc === c),
          x: starts[g]! + c * cell,
          y: head + r * cell,
        };
      }),
    );
  });
  const data = cells.map(({ grid, row, column, value }) => ({ grid, row, column, value }));
  const title = options.title ?? grids.map((grid) => grid.title).join(', ');
  const shape = ({ height, width }: { height: number; width: number }): string => `${height} x ${width}`;
  const description = `${ended(title)} ${grids.map((grid, g) => `${grid.title} (${shape(sizes[g]!)}): ${grid.values.map((row) => row.map((v) => digits(v)).join(' ')).join(' / ')}`).join('; ')}.`;

  const width = starts.at(-1)! + Math.max(cell * sizes.at(-1)!.width, 7 * grids.at(-1)!.title.length);
  const height = head + cell * Math.max(...sizes.map((size) => size.height));
  const at = (field: string): object => ({ field, type: 'quantitative', scale: null, axis: null });
  const plain = (field: string): object => ({ field, type: 'nominal', scale: null, legend: null });
  const box = { x: at('x'), y: at('y'), x2: { field: 'right' }, y2: { field: 'bottom' } };
  return vegaLite({
    title,
    subtitle: options.subtitle ?? '',
    description,
    data,
    width,
    datasets: {
      cells: cells.map((c) => ({ ...c, right: c.x + cell, bottom: c.y + cell, middle: c.x + cell / 2, centre: c.y + cell / 2 })),
      heads: grids.map((grid, g) => ({ text: grid.title, x: starts[g], y: head - 8 })),
    },
    spec: {
      width,
      height,
      data: { name: 'cells' },
      layer: [
        { mark: { type: 'rect', stroke: hair, strokeWidth: 1 }, encoding: { ...box, color: plain('fill') } },
        { transform: [{ filter: 'datum.marked' }], mark: { type: 'rect', fill: null, stroke: wrong, strokeWidth: 2 }, encoding: box },
        {
          mark: { type: 'text', fontSize: 11 },
          encoding: { x: at('middle'), y: at('centre'), text: { field: 'text', type: 'nominal' }, color: plain('ink') },
        },
        {
          data: { name: 'heads' },
          mark: { type: 'text', align: 'left', fontSize: 11, fontWeight: 500, color: ink },
          encoding: { x: at('x'), y: at('y'), text: { field: 'text', type: 'nominal' } },
        },
      ],
    },
  });
}

function painter(colour: 'grey' | 'magnitude' | 'signed' | 'none', values: readonly number[]): (value: number) => [number, number, number] {
  const most = Math.max(...values.map(Math.abs)) || 1;
  if (colour === 'grey') return (value) => colourAt(greys, value);
  if (colour === 'magnitude') return (value) => colourAt(cividis, value / most);
  if (colour === 'signed') return (value) => colourAt(signed, (value / most + 1) / 2);
  return () => [245, 247, 250];
}
