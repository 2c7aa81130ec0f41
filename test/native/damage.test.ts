/** Files that were changed after they were written: each is refused by name, or read without reaching past its end. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint, readMetadata, saveCheckpoint } from '../../lib/native/checkpoint';
import { decodeHeader } from '../../lib/native/checkpointHeader';
import { DamagedFileError } from '../../lib/native/damagedFile';
import { decodeSafetensors, encodeSafetensors } from '../../lib/native/safetensors';
import { mutation } from './mutations';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fovea-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The error of the body, which must be a DamagedFileError; undefined where there is none. */
function refusal(body: () => unknown): DamagedFileError | undefined {
  try {
    body();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedFileError);
    return error as DamagedFileError;
  }
}

const small = encodeSafetensors(
  {
    'stages.0.weight': { dtype: 'F32', shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    'stages.0.bias': { dtype: 'F32', shape: [3], values: Float32Array.of(7, 8, 9) },
    step: { dtype: 'I32', shape: [], values: Int32Array.of(10) },
    mask: { dtype: 'U8', shape: [5], values: Uint8Array.of(1, 0, 1, 0, 1) },
  },
  { made: 'by a test' },
);

describe('1,000 mutations', () => {
  it('of safetensors, whose checksum nobody looked at: a typed error, or tensors that fill the file and no more', () => {
    let refused = 0;
    for (let index = 0; index < 1000; index++) {
      const bytes = mutation(small, 1, index);
      const error = refusal(() => {
        const all = Object.values(decodeSafetensors(bytes, 'm.safetensors'));
        const header = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
        expect(all.reduce((sum, { values }) => sum + values.byteLength, 8 + header)).toBe(bytes.length);
        for (const { shape, values } of all) expect(values.length).toBe(shape.reduce((product, size) => product * size, 1));
      });
      if (error) refused += 1;
    }
    expect(refused).toBeGreaterThan(500); // the rest changed names, shapes of one size, or values
    expect(refused).toBeLessThan(1000);
  });

  it('of checkpoint.json, whose checksum nobody looked at: a typed error, or a header of the right form', () => {
    const json = Buffer.from('{ "format": 1, "leaves": 4, "metadata": { "epoch": 3, "best": { "loss": 0.125 } } }\n');
    let refused = 0;
    for (let index = 0; index < 1000; index++) {
      const error = refusal(() => {
        const { leaves, metadata } = decodeHeader(mutation(json, 2, index), 'checkpoint.json');
        expect(Number.isSafeInteger(leaves) && leaves >= 0 && typeof metadata === 'object').toBe(true);
      });
      if (error) refused += 1;
    }
    expect(refused).toBeGreaterThan(500);
  });

  it('of any file of a checkpoint: refused, always, and the file is named', async () => {
    const like = { weight: tf.tensor2d([1, 2, 3, 4], [2, 2]), step: tf.scalar(3, 'int32') };
    const place = join(folder, 'a');
    await saveCheckpoint(place, like, { epoch: 3 });
    const names = ['tensors.safetensors', 'checkpoint.json', 'COMPLETE'];
    const whole = names.map((name) => readFileSync(join(place, name)));
    for (let index = 0; index < 1000; index++) {
      const which = index % 3;
      writeFileSync(join(place, names[which]!), mutation(whole[which]!, 3, index));
      const error = await loadCheckpoint(place, like).catch((error: unknown) => error);
      expect(error, `mutation ${index} of ${names[which]}`).toBeInstanceOf(DamagedFileError);
      expect((error as DamagedFileError).path.startsWith(place)).toBe(true);
      expect(refusal(() => readMetadata(place))).toBeDefined();
      writeFileSync(join(place, names[which]!), whole[which]!);
    }
    expect(readMetadata(place)).toEqual({ epoch: 3 });
  });
});
