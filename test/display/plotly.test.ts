import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findChromium } from '../../lib/display/chromium';
import { renderPlotly } from '../../lib/display/plotly';
import { save } from '../../lib/display/save';
import { examples } from '../plot/examples';

const figure = examples.embedding3d!;
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('renderPlotly', () => {
  it.skipIf(!findChromium())('draws the points, and the same bytes each time', async () => {
    const [first, second] = [await renderPlotly(figure), await renderPlotly(figure)];
    expect(second.svg).toBe(first.svg);
    expect(Buffer.compare(Buffer.from(second.png), Buffer.from(first.png))).toBe(0);
    const { data, width, height, channels } = decode(first.png);
    expect([width, height]).toEqual([2 * first.width, 2 * first.height]);
    const orange = Array.from({ length: width * height }, (_, i) => i * channels).some(
      (i) => data[i]! > 190 && data[i + 1]! > 70 && data[i + 1]! < 130 && data[i + 2]! < 60,
    );
    expect(orange).toBe(true); // the second class
  });

  it('says what to install where there is no Chromium', async () => {
    vi.stubEnv('FOVEA_CHROMIUM', '/nowhere/chromium');
    await expect(renderPlotly(figure)).rejects.toThrow(
      'no Chromium found to draw the plotly figure "Where the classes lie": install Chromium',
    );
    await expect(save(figure, join(tmpdir(), 'never.pdf'))).rejects.toThrow('install Chromium');
  });
});

describe('findChromium', () => {
  it('looks at FOVEA_CHROMIUM alone where it is set, else at the names in PATH', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fovea-chromium-'));
    const program = join(folder, 'chromium-browser');
    writeFileSync(program, '#!/bin/sh\n');
    vi.stubEnv('FOVEA_CHROMIUM', '');
    vi.stubEnv('PATH', folder);
    expect(findChromium()).not.toBe(program); // it may not be run yet
    chmodSync(program, 0o755);
    expect(findChromium()).toBe(program);
    vi.stubEnv('FOVEA_CHROMIUM', join(folder, 'other'));
    expect(findChromium()).toBeUndefined();
    vi.stubEnv('FOVEA_CHROMIUM', folder);
    expect(findChromium()).toBeUndefined(); // a folder is no program
    rmSync(folder, { recursive: true });
  });
});
