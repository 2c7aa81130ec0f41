/** What figures are drawn with, and the data that lies in the project. */
import { existsSync } from 'node:fs';
import { type Checker, Fault } from './check';

export const fonts: Checker = {
  name: 'fonts',
  repair: 'git checkout -- lib/display/fonts',
  look: async () => {
    const { fontFiles, textWidth } = await import('../../display/fonts.js');
    const missing = fontFiles.filter((file) => !existsSync(file));
    if (missing.length > 0) throw new Fault(`missing ${missing.join(', ')}`);
    const width = textWidth('Fovea', 10);
    if (!(width > 20 && width < 40)) throw new Fault(`expected 'Fovea' at 10 px to be 20 to 40 px wide, got ${width}`);
    return `Inter, ${fontFiles.length} weights`;
  },
};

export const chromium: Checker = {
  name: 'Chromium',
  repair: 'apt install chromium',
  look: async () => {
    const { findChromium, chromiumRemedy } = await import('../../display/chromium.js');
    return findChromium() ?? { warn: 'none: plotly figures cannot be exported; everything else works', repair: chromiumRemedy };
  },
};

export const embeddedData: Checker = {
  name: 'data',
  repair: 'git checkout -- data/fashion-mini',
  look: async () => {
    const { fashionMini } = await import('../../data/fashion.js');
    const { train, validation, test } = fashionMini(); // compares the checksums
    return `fashion-mini: ${[train, validation, test].map(({ count }) => count).join(' + ')} images, checksums right`;
  },
};
