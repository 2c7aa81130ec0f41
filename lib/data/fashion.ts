/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747; MIT licence, Zalando SE): 28x28 grey images of ten kinds of
 * clothing. `fashionMini` is the part that lies in data/fashion-mini; `fashion` is the full set, where it is installed.
 *
 * Validation is cut from the training part, the last images of each class, so that all three parts are class-balanced.
 * A source is the index in the full training part, or 60,000 plus the index in the full test part.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../native/projectRoot';
import { readIdx } from './idx';
import { type ImageContents, imageSet, type Split, subset } from './imageSet';
import { noOtherOptions, numberBetween } from './options';

export const fashionClasses: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

export type FashionMiniOptions = { validation?: number };
export type FashionOptions = { folder?: string; validation?: number };

/** 250 training, 50 validation and 100 test images a class (at the default share of 1/6), read from the project itself. */
export function fashionMini({ validation = 1 / 6, ...rest }: FashionMiniOptions = {}): Split {
  noOtherOptions('fashionMini', rest);
  const remedy = 'bring it back with: git checkout -- data/fashion-mini';
  return load('fashionMini', { parts: mini, folder: join(projectRoot(), 'data', 'fashion-mini'), validation, remedy });
}

/** 50,000 training, 10,000 validation and 10,000 test images, read from a folder with the four IDX files. */
export function fashion({ folder = installedFolder(), validation = 1 / 6, ...rest }: FashionOptions = {}): Split {
  noOtherOptions('fashion', rest);
  const remedy = 'get the four files anew: apt install --reinstall dataset-fashion-mnist, or from github.com/zalandoresearch/fashion-mnist';
  return load('fashion', { parts: full, folder, validation, remedy });
}

const side = 28;
const testSources = 60_000;

type Part = { file: string; count: number; firstSource: number; images: string; labels: string; indices?: string };
type Parts = { train: Part; test: Part };

// sha256 of the decompressed files: Debian strips name and time from the gzip header, so its .gz differ from upstream's
const full: Parts = {
  train: {
    file: 'train',
    count: 60_000,
    firstSource: 0,
    images: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    labels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  },
  test: {
    file: 't10k',
    count: 10_000,
    firstSource: testSources,
    images: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    labels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  },
};
const mini: Parts = {
  train: {
    file: 'train',
    count: 3000,
    firstSource: 0,
    images: '753e61739a740e529cb6ee03d26a5b0484cd7663a49d55411f9473834eb226ed',
    labels: '288f9784c533ceaa9957edd77976049d48313be9dd66dc6723185a7191d8b6d5',
    indices: 'e6e3922deb0f2bfba7735be8442142949576e441794506a5d3b095e9e223bf23',
  },
  test: {
    file: 't10k',
    count: 1000,
    firstSource: testSources,
    images: '1b4191b7354824050e5a71db5e7ebf5f9fd71296ed93b43744bb7210f1d6aeb1',
    labels: '7bda1fa407dea95a9753822396f9633b4e884dac7fa4e081b5dc35744860190b',
    indices: '7223b9ba01fe263fe5bde0b757b8e86d48df42f99a02dcce4a76e943afc1a1e1',
  },
};

type Place = { folder: string; remedy: string };

function load(name: string, { parts, validation, ...place }: Place & { parts: Parts; validation: number }): Split {
  numberBetween(name, 'validation', validation, { least: 0.01, most: 0.5 });
  const train = read(`${name} train`, parts.train, place);
  const kept = lastOfEachClass(train, validation);
  return {
    train: subset(
      train,
      [...train.labels.keys()].filter((index) => !kept.has(index)),
    ),
    validation: subset({ ...train, name: `${name} validation` }, [...kept]),
    test: imageSet(read(`${name} test`, parts.test, place)),
  };
}

function read(name: string, { file, count, firstSource, images, labels, indices }: Part, { folder, remedy }: Place): ImageContents {
  // .gz as it is shipped, or decompressed as some tools leave it
  const path = (end: string): string =>
    [join(folder, `${file}-${end}.gz`), join(folder, `${file}-${end}`)].find(existsSync) ?? join(folder, `${file}-${end}.gz`);
  const pixels = readIdx(path('images-idx3-ubyte'), { type: 'uint8', shape: [count, side, side], sha256: images, remedy }).values;
  const classes = readIdx(path('labels-idx1-ubyte'), { type: 'uint8', shape: [count], sha256: labels, remedy }).values;
  const inFullSet = indices && readIdx(path('indices-idx1-int'), { type: 'int32', shape: [count], sha256: indices, remedy }).values;
  return {
    name,
    classes: fashionClasses,
    count,
    height: side,
    width: side,
    channels: 1,
    images: new Float32Array(pixels).map((byte) => byte / 255),
    labels: Int32Array.from(classes),
    sources: Int32Array.from({ length: count }, (_, index) => firstSource + (inFullSet ? inFullSet[index]! : index)),
  };
}

/** The places of the last `share` of each class, in order. */
function lastOfEachClass(set: ImageContents, share: number): Set<number> {
  const places = set.classes.map((): number[] => []);
  set.labels.forEach((label, index) => {
    places[label]!.push(index);
  });
  const last = places.flatMap((ofClass) => ofClass.slice(ofClass.length - Math.round(share * ofClass.length)));
  return new Set(last.sort((a, b) => a - b));
}

function installedFolder(): string {
  const folders = ['/usr/share/datasets/fashion-mnist', join(projectRoot(), 'data', 'fashion-mnist')];
  const found = folders.find(existsSync);
  if (found) return found;
  throw new Error(
    `fashion: expected the full Fashion-MNIST in ${folders.join(' or ')}, found neither; install it with: apt install dataset-fashion-mnist, ` +
      'or give its folder: fashion({ folder }), or use fashionMini, which needs nothing',
  );
}
