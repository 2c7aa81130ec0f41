/** A small picture of a tensor: a block of equal pixels for each value, so that a browser has nothing to smooth. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { encode } from 'fast-png';
import { cividis, colourAt, signed } from '../../plot/theme';
import { shortNumber } from './numberText';
import { type Numbers, type Range, readRanges, type Statistics, sizeOf } from './tensorRead';
import { indexWords, panelsOf, rangeOf, type View, viewOf } from './tensorView';

export type Picture = { readonly png: Uint8Array; readonly width: number; readonly height: number; readonly words: string };

type Colour = (at: number) => readonly [number, number, number];
type Panel = { readonly height: number; readonly width: number; readonly colour: Colour };

const SCALE = 2; // pixels of the PNG for each that is drawn: sharp also on dense screens
const [WIDE, HIGH] = [480, 240]; // drawn pixels at most
const NARROW = 20; // cells
const LARGEST_CELL = 16;
const THINNEST = 16;
const NOT_A_NUMBER: readonly [number, number, number] = [204, 121, 167];

/** Undefined where there is nothing to see: one value, all the same. To be called inside a `tidy`. */
export function tensorPicture(tensor: Tensor, found: Statistics): Picture | undefined {
  if (tensor.rank === 0 || !(found.min < found.max)) return undefined;
  const view = viewOf(tensor.shape);
  const shown = panelsOf(tensor.shape, view);
  const ranges = tensor.shape.map((count, axis): Range => rangeOf(view, axis, count, shown > 1));
  const scale = view.channels >= 0 ? ownColours(found) : oneHue(found, tensor.dtype === 'bool' ? Boolean : shortNumber);
  const panels = Array.from({ length: shown }, (_, panel) => {
    const part = ranges.map((range, axis) => (axis === view.panels ? { begin: panel, count: 1, every: 1 } : range));
    return panelOf(view, part, readRanges(tensor, part), scale.colour);
  });
  return { ...draw(panels), words: `picture: ${indexWords(tensor.shape, view, ranges, shown)}\nscale: ${scale.words}` };
}

type Scale = { readonly words: string; readonly colour: (values: Numbers, at: number) => readonly [number, number, number] };

function oneHue({ min, max, nan }: Statistics, write: (value: number) => string | boolean): Scale {
  const pink = nan > 0 ? ', NaN pink' : '';
  const most = Math.max(-min, max);
  if (min < 0 && max > 0) {
    return {
      words: `blue ${shortNumber(-most)}, white 0, orange ${shortNumber(most)}${pink}`,
      colour: (values, at) => (Number.isNaN(values[at]) ? NOT_A_NUMBER : colourAt(signed, (values[at]! / most + 1) / 2)),
    };
  }
  return {
    words: `dark ${write(min)}, light ${write(max)}${pink}`,
    colour: (values, at) => (Number.isNaN(values[at]) ? NOT_A_NUMBER : colourAt(cividis, (values[at]! - min) / (max - min))),
  };
}

/** Pixels from 0 to 1 or from 0 to 255 as they are, any others stretched from the least to the largest. */
function ownColours({ min, max }: Statistics): Scale {
  const [from, to] = min < 0 || max > 255 ? [min, max] : max > 1 ? [0, 255] : [0, 1];
  const byte = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, (value - from) / (to - from)))) || 0;
  return {
    words: `red, green and blue from ${shortNumber(from)} to ${shortNumber(to)}`,
    colour: (values, at) => [byte(values[3 * at]!), byte(values[3 * at + 1]!), byte(values[3 * at + 2]!)],
  };
}

function panelOf({ rows, columns }: View, ranges: readonly Range[], values: Numbers, colour: Scale['colour']): Panel {
  const height = rows < 0 ? 1 : sizeOf(ranges[rows]!);
  return { height, width: sizeOf(ranges[columns]!), colour: (at) => colour(values, at) };
}

/** Panels in rows of eight or four, one cell apart; what is between them lets the page through. */
function draw(panels: readonly Panel[]): Omit<Picture, 'words'> {
  const { height, width } = panels[0]!;
  const across = Math.min(panels.length, width < NARROW ? 8 : 4);
  const cells = { width: across * (width + 1) - 1, height: Math.ceil(panels.length / across) * (height + 1) - 1 };
  const fit = Math.min(LARGEST_CELL, Math.floor(WIDE / cells.width), Math.floor(HIGH / cells.height));
  const cell = { width: atLeast(fit, cells.width), height: atLeast(fit, cells.height) };
  const drawn = { width: cells.width * cell.width, height: cells.height * cell.height };
  const line = SCALE * drawn.width * 4;
  const data = new Uint8Array(SCALE * drawn.height * line);
  panels.forEach((panel, p) => {
    const [top, left] = [Math.floor(p / across) * (height + 1), (p % across) * (width + 1)];
    for (let at = 0; at < height * width; at++) {
      const [red, green, blue] = panel.colour(at);
      const y = (top + Math.floor(at / width)) * cell.height * SCALE;
      const x = (left + (at % width)) * cell.width * SCALE;
      for (let dy = 0; dy < cell.height * SCALE; dy++) {
        for (let dx = 0; dx < cell.width * SCALE; dx++) data.set([red, green, blue, 255], (y + dy) * line + 4 * (x + dx));
      }
    }
  });
  return { png: encode({ width: SCALE * drawn.width, height: SCALE * drawn.height, channels: 4, depth: 8, data }), ...drawn };
}

const atLeast = (fit: number, cells: number): number => Math.max(1, fit, Math.ceil(THINNEST / cells));
