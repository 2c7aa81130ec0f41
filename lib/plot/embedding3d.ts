/** Points in three dimensions, coloured by class: plotly, because one turns it with the mouse. */
import { check, checkFinite } from './check';
import type { Figure, Words } from './figure';
import { count, ended, round } from './numbers';
import { hair, ink, palette, quiet, wrap } from './theme';

export type Embedding3dOptions = Words & {
  readonly points: readonly (readonly [number, number, number])[];
  /** The class of each point. */
  readonly labels: readonly string[];
  readonly axes?: readonly [string, string, string];
};

const who = 'embedding3d';
const [width, height] = [640, 520];
// Ten classes need ten hues: the theme's eight and two that stay apart from them in lightness.
const hues = [...palette, '#111827', '#8fd175'];
const symbols = ['circle', 'square', 'diamond', 'cross'];

export function embedding3d(options: Embedding3dOptions): Figure {
  const { points, labels, axes = ['dimension 1', 'dimension 2', 'dimension 3'] } = options;
  check(points.length > 0, who, 'at least one point', 'none');
  check(labels.length === points.length, who, `${points.length} labels, one a point`, `${labels.length}`);
  points.forEach((point, i) => {
    check(point.length === 3, who, `three numbers in point ${i}`, `${point.length}`);
    checkFinite(who, `point ${i}`, point);
  });

  const classes = [...new Set(labels)];
  const data = points.map(([x, y, z], i) => ({ label: labels[i]!, x: round(x, 4), y: round(y, 4), z: round(z, 4) }));
  const title = options.title ?? 'Where the classes lie';
  const subtitle = options.subtitle ?? `${count(points.length)} points of ${classes.length} classes`;
  const description = `${ended(title)} ${count(points.length)} points in three dimensions (${axes.join(', ')}), classes ${classes.join(', ')}.`;

  const traces = classes.map((name, i) => {
    const own = data.filter((row) => row.label === name);
    return {
      type: 'scatter3d',
      mode: 'markers',
      name,
      x: own.map((row) => row.x),
      y: own.map((row) => row.y),
      z: own.map((row) => row.z),
      marker: {
        size: 4,
        opacity: 0.9,
        color: hues[i % hues.length],
        symbol: symbols[Math.floor(i / hues.length) % symbols.length],
        line: { width: 0 },
      },
    };
  });
  const axis = (text: string): object => ({
    title: { text, font: { size: 12, color: ink } },
    gridcolor: hair,
    zerolinecolor: hair,
    showbackground: false,
    tickfont: { size: 10, color: quiet },
  });
  const heading = `<b>${escaped(title)}</b><br><span style="font-size:11px;color:${quiet}">${wrap(subtitle, width).map(escaped).join('<br>')}</span>`;
  const layout = {
    width,
    height,
    margin: { l: 0, r: 120, t: 52, b: 8 },
    paper_bgcolor: 'white',
    font: { family: 'Inter, system-ui, sans-serif', size: 11, color: ink },
    title: { text: heading, x: 0.015, xanchor: 'left', y: 0.96, yanchor: 'top', font: { size: 14 } },
    legend: { itemsizing: 'constant', font: { size: 11 }, x: 1.02, y: 0.9 },
    scene: {
      xaxis: axis(axes[0]),
      yaxis: axis(axes[1]),
      zaxis: axis(axes[2]),
      aspectmode: 'cube',
      camera: { eye: { x: 1.62, y: 1.62, z: 0.9 }, center: { x: 0, y: 0, z: -0.12 } },
    },
    meta: { title, description },
  };
  return {
    title,
    description,
    data,
    spec: { data: traces, layout, config: { displaylogo: false, responsive: false } },
    renderer: 'plotly',
  };
}

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
