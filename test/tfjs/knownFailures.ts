/** Specifications of tfjs-core that fail on the native backend, by the beginning of their names, and why they are left. */
export const knownFailures: readonly { readonly begin: string; readonly count: number; readonly why: string }[] = [
  ...['sparseSegmentMean', 'sparseSegmentSum', 'sparseReshape', 'sparseFillEmptyRows'].map((begin, index) => ({
    begin,
    count: [17, 16, 16, 10][index]!,
    why: 'no kernel in tfjs-node: sparse tensors',
  })),
  ...['raggedRange', 'raggedTensorToTensor', 'raggedGather'].map((begin, index) => ({
    begin,
    count: [15, 14, 12][index]!,
    why: 'no kernel in tfjs-node: ragged tensors',
  })),
  ...['stringNGrams', 'stringSplit', 'stringToHashBucketFast'].map((begin, index) => ({
    begin,
    count: [33, 7, 4][index]!,
    why: 'no kernel in tfjs-node: text',
  })),
  { begin: 'maxPoolWithArgmax', count: 12, why: 'no kernel in tfjs-node' },
  { begin: 'denseBincount', count: 8, why: 'no kernel in tfjs-node' },
  { begin: 'image.transform', count: 7, why: 'no kernel in tfjs-node' },
  { begin: 'searchSorted', count: 3, why: 'no kernel in tfjs-node' },
  { begin: 'lowerBound', count: 2, why: 'no kernel in tfjs-node' },
  { begin: 'upperBound', count: 2, why: 'no kernel in tfjs-node' },
  { begin: 'bitwiseAnd', count: 1, why: 'no kernel in tfjs-node' },
  { begin: 'fused conv2d', count: 22, why: 'channels before the grid, which nothing of ours uses' },
  { begin: 'avgPool3d', count: 3, why: 'pooling of volumes with explicit padding' },
  { begin: 'maxPool3d', count: 1, why: 'pooling of volumes with explicit padding' },
  { begin: 'greater', count: 2, why: 'comparison of text (greater, greaterEqual)' },
  { begin: 'less', count: 2, why: 'comparison of text (less, lessEqual)' },
  { begin: 'pool ', count: 2, why: 'a window of 1 that lies on padding alone: expected is the identity, its value is undefined' },
  {
    begin: 'avgPool ',
    count: 1,
    why: 'expected is a gradient divided by the whole window, though the value is divided by its part on the image; ours fits the value',
  },
  { begin: 'conv2dTranspose', count: 1, why: 'a filter as large as its image: refused by oneDNN' },
  { begin: 'unique', count: 1, why: 'TensorFlow tells NaN from NaN' },
  { begin: 'tan ', count: 1, why: 'one unit in the last place' },
];
