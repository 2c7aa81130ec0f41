/**
 * Does a model look where the object is? Two read-outs of one trained model against the exact masks of its images:
 *
 *   contributions   what each position gives to the logit of the predicted class (explain/classActivationMap.ts): exists
 *                   for every pooling, so models with and without attention are compared by it
 *   attention       the pooling's own weights, where it forms any
 */
import { type ImageSet, maskAt } from '../data/imageSet';
import { classActivationMaps } from '../explain/classActivationMap';
import { centrePrior } from '../explain/metrics/centrePrior';
import { chanceLevel } from '../explain/metrics/chanceLevel';
import { energyInMask } from '../explain/metrics/energyInMask';
import { type AttentionMap, type Mask, positivePart } from '../explain/metrics/map';
import { pointingGame } from '../explain/metrics/pointingGame';
import type { MapValues } from '../train/evaluate';
import type { Examined } from './run';

export type Localisation = {
  readonly maps: readonly AttentionMap[];
  /** 1 where the map's maximum lies on the object, an image each. */
  readonly pointing: readonly number[];
  /** Share of the map's positive mass that lies on the object, an image each. */
  readonly energy: readonly number[];
};

export function localise({ maps, set, head, predictions }: Pick<Examined, 'maps' | 'set' | 'head' | 'predictions'>): {
  contributions: Localisation;
  attention: Localisation | undefined;
} {
  const { features, pooling } = maps;
  if (!features)
    throw new Error("localise: expected the map 'features' of the model, got none: examine it with wants that includes features");
  const contributions = classActivationMaps({ features, weights: pooling, head, classes: predictions });
  return { contributions: score(contributions, set), attention: pooling && score(spatialMaps(pooling), set) };
}

/** What knows nothing of the image scores: a random pixel, and a Gaussian at the centre. */
export function localisationBaselines(set: ImageSet): { chance: readonly number[]; centre: Localisation } {
  const prior = centrePrior({ height: set.height, width: set.width });
  const masks = masksOf(set);
  return {
    chance: masks.map(chanceLevel),
    centre: score(
      masks.map(() => prior),
      set,
    ),
  };
}

/** Maps 'b h w' as rows, an image each. */
export function spatialMaps({ axes, shape, values }: MapValues): number[][][] {
  const [n = 0, h = 0, w = 0] = shape;
  if (axes !== 'b h w') throw new Error(`spatialMaps: expected axes 'b h w', got '${axes}'`);
  const row = (at: number): number[] => Array.from(values.subarray(at * w, (at + 1) * w));
  return Array.from({ length: n }, (_, image) => Array.from({ length: h }, (_, y) => row(image * h + y)));
}

function score(maps: readonly AttentionMap[], set: ImageSet): Localisation {
  const masks = masksOf(set);
  return {
    maps,
    pointing: maps.map((map, image) => pointingGame(map, masks[image]!)),
    energy: maps.map((map, image) => energyInMask(positivePart(map), masks[image]!)),
  };
}

const masksOf = (set: ImageSet): Mask[] => Array.from({ length: set.count }, (_, image) => maskAt(set, image));
