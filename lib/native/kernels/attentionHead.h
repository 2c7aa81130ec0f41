// Attention of one head and its gradient, block by block: scores exist for one block of queries and keys at a time, in the cache.
//
// The softmax of a row is put together from its blocks (Milakov and Gimelshein 2018, arXiv:1805.02867): with the largest score m so
// far, the sum and the output are kept relative to m and scaled when m grows. The gradient forms the weights again from m and the
// logarithm of the sum (Dao et al. 2022, arXiv:2205.14135), block by block of keys, whose own gradients then stay in the cache:
//
//   p = exp(s - m) / sum    ds_ij = p_ij (do_i . v_j - do_i . o_i)
//   dv_j = sum_i p_ij do_i    dq_i = scale sum_j ds_ij k_j    dk_j = scale sum_i ds_ij q_i
//
// What is read is first laid out in padded blocks, so rows may lie anywhere: queries, keys and values in one projection.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "attentionTiles.h"

namespace fovea {

using tiles::apart;
using tiles::LANES;
using tiles::padded;

// A block of keys stays in the second cache while all queries go over it, a strip of ROWS of them at a time; what queries and keys
// have in common on the way stays in the first.
constexpr int64_t KEY_BLOCK = 512;
constexpr int64_t QUERY_BLOCK = 96;  // of the gradient, which sums over the queries of a block at once

/** Row i of a matrix is at data + i * row. */
template <typename T>
struct Rows {
  T* data;
  int64_t row;
  T* at(int64_t i) const { return data + i * row; }
};

struct Head {
  int64_t queries, keys, width, valueWidth;
  float scale;
  bool causal;
  Rows<const float> query, key, value;
  Rows<const uint8_t> mask;  // null where there is none; a row of 0 for one that all queries share
  Rows<const float> bias;
};

/** What each query keeps for the gradient: its largest score and the logarithm (base 2) of its sum; `step` floats from one to the next. */
template <typename T>
struct Statistics {
  T *largest, *logSum;
  int64_t step;
};

constexpr float HIDDEN = -std::numeric_limits<float>::infinity();
constexpr float LOG2_E = 1.44269504088896340736f;

/** Memory cut into blocks, each at a cache line. */
struct Arena {
  static constexpr int64_t LINE = 16;
  float* next;
  float* take(int64_t floats) {
    float* block = next;
    next += (floats + LINE - 1) / LINE * LINE;
    return block;
  }
};

/** Copies rows into a block, scaled, with zeros up to `to` columns. */
inline void pack(Rows<const float> from, int64_t begin, int64_t rows, int64_t width, float scale, float* to, int64_t toRow) {
  for (int64_t i = 0; i < rows; i++) {
    const float* __restrict source = from.at(begin + i);
    float* __restrict target = to + i * toRow;
    for (int64_t c = 0; c < width; c++) target[c] = scale * source[c];
    for (int64_t c = width; c < toRow; c++) target[c] = 0;
  }
}

/** The same with rows as columns, unscaled, with zeros up to whole vectors of them. */
inline void packColumns(Rows<const float> from, int64_t begin, int64_t rows, int64_t width, float* to, int64_t toRow) {
  using namespace tiles;
  for (int64_t first = 0; first < rows; first += LANES)
    for (int64_t c = 0; c < width; c += LANES) {
      Vector square[LANES];
      for (int64_t i = 0; i < LANES; i++)
        square[i] = first + i < rows ? loadPart(from.at(begin + first + i) + c, width - c) : Vector{};
      transpose(square);
      for (int64_t i = 0; i < std::min<int64_t>(LANES, width - c); i++) store(to + (c + i) * toRow + first, square[i]);
    }
}

/** Bias, mask and causal form of a block of scores whose first query and key have these numbers; hides the padding of the rows. */
inline void adjust(const Head& head, int64_t query, int64_t rows, int64_t key, int64_t columns, float* scores, int64_t row) {
  for (int64_t i = 0; i < rows; i++) {
    float* __restrict s = scores + i * row;
    if (head.bias.data) {
      const float* __restrict bias = head.bias.at(query + i) + key;
      for (int64_t j = 0; j < columns; j++) s[j] += bias[j];
    }
    if (head.mask.data) {
      const uint8_t* __restrict mask = head.mask.at(query + i) + key;
      for (int64_t j = 0; j < columns; j++) s[j] = mask[j] ? s[j] : HIDDEN;
    }
    const int64_t seen = head.causal ? std::clamp<int64_t>(query + i + 1 - key, 0, columns) : columns;
    for (int64_t j = seen; j < padded(columns); j++) s[j] = HIDDEN;
  }
}

/** How many of the keys from `key` on, `count` of them, are seen by a query before `end`. */
inline int64_t seenBy(const Head& head, int64_t end, int64_t key, int64_t count) {
  return head.causal ? std::clamp<int64_t>(end - key, 0, count) : count;
}

/** Scores become powers relative to the largest so far; returns their sum. */
inline float powers(float* scores, int64_t columns, float largest) {
  using namespace tiles;
  Vector sum{};
  const Vector shift = all(largest), log2 = all(LOG2_E);
  for (int64_t j = 0; j < columns; j += LANES) {
    const Vector p = exp2((load(scores + j) - shift) * log2);
    sum += p;
    store(scores + j, p);
  }
  return sumOf(sum);
}

inline float largestIn(const float* scores, int64_t columns) {
  using namespace tiles;
  Vector even = load(scores), odd = even;
  int64_t j = 0;
  for (; j + LANES < columns; j += 2 * LANES) {
    even = larger(load(scores + j), even);
    odd = larger(load(scores + j + LANES), odd);
  }
  if (j < columns) even = larger(load(scores + j), even);
  return largestOf(larger(even, odd));
}

struct Forward {
  static int64_t scratch(const Head& head, int64_t rows) {
    const int64_t keys = std::min(KEY_BLOCK, head.keys);
    return rows * (head.width + padded(head.valueWidth) + 2) + apart(keys) * (head.width + tiles::ROWS) +
           keys * padded(head.valueWidth) + 7 * Arena::LINE;
  }

  /** Makes powers of a block of a row's scores; the sum and output of the blocks before become relative to the new largest. */
  static void join(float* scores, int64_t columns, float& largest, float& sum, float* __restrict output, int64_t wide) {
    const float before = largest;
    largest = std::max(largestIn(scores, columns), before);  // a NaN may be lost here; the sum has it
    const float base = largest == HIDDEN ? 0 : largest;
    const float factor = before == largest ? 1 : std::exp2((before - base) * LOG2_E);
    sum = sum * factor + powers(scores, columns, base);
    if (factor == 1) return;
    for (int64_t c = 0; c < wide; c++) output[c] *= factor;
  }

  /** Queries begin to end. */
  static void run(const Head& head, int64_t begin, int64_t end, Rows<float> output, Statistics<float> kept, float* memory) {
    const int64_t rows = end - begin, most = std::min(KEY_BLOCK, head.keys), row = apart(most), wide = padded(head.valueWidth);
    Arena arena{memory};
    float* queries = arena.take(rows * head.width);
    float* outputs = arena.take(rows * wide);
    float* largest = arena.take(rows);
    float* sums = arena.take(rows);
    float* keys = arena.take(head.width * row);
    float* values = arena.take(most * wide);
    float* scores = arena.take(tiles::ROWS * row);

    pack(head.query, begin, rows, head.width, head.scale, queries, head.width);
    std::fill_n(largest, rows, HIDDEN);
    std::fill_n(sums, rows, 0.0f);
    std::fill_n(outputs, rows * wide, 0.0f);
    for (int64_t key = 0; key < seenBy(head, end, 0, head.keys); key += KEY_BLOCK) {
      const int64_t count = std::min(KEY_BLOCK, head.keys - key);
      packColumns(head.key, key, count, head.width, keys, row);
      pack(head.value, key, count, head.valueWidth, 1, values, wide);
      for (int64_t strip = 0; strip < rows; strip += tiles::ROWS) {
        const int64_t lines = std::min<int64_t>(tiles::ROWS, rows - strip);
        const int64_t columns = seenBy(head, begin + strip + lines, key, count);
        if (columns == 0) continue;
        tiles::multiply(lines, columns, head.width, tiles::ByRow{queries + strip * head.width, head.width}, keys, row, scores, row, false);
        adjust(head, begin + strip, lines, key, columns, scores, row);
        for (int64_t i = 0; i < lines; i++) {
          float* o = outputs + (strip + i) * wide;
          join(scores + i * row, columns, largest[strip + i], sums[strip + i], o, wide);
        }
        tiles::multiply(lines, head.valueWidth, columns, tiles::ByRow{scores, row}, values, wide, outputs + strip * wide, wide, true);
      }
    }
    for (int64_t i = 0; i < rows; i++) {
      const bool none = sums[i] == 0;  // no key is seen
      const float factor = none ? 0 : 1 / sums[i];
      const float* __restrict o = outputs + i * wide;
      float* __restrict target = output.at(begin + i);
      for (int64_t c = 0; c < head.valueWidth; c++) target[c] = factor * o[c];
      kept.largest[(begin + i) * kept.step] = none ? 0 : largest[i];
      kept.logSum[(begin + i) * kept.step] = none ? 0 : std::log2(sums[i]);
    }
  }
};

struct Backward {
  /** What is the same for all keys of a head. */
  struct Given {
    Rows<const float> dy;
    Statistics<const float> kept;
    const float* along;  // do_i . o_i
  };
  struct Gradients {
    float* query;  // padded rows, to be scaled; added to
    Rows<float> key, value;
    Rows<float> bias;  // null where there is none; added to
  };

  static int64_t scratch(const Head& head) {
    const int64_t keys = std::min(KEY_BLOCK, head.keys), rows = std::min(QUERY_BLOCK, head.queries);
    const int64_t wide = padded(head.width), valueWide = padded(head.valueWidth);
    return apart(keys) * (head.width + head.valueWidth + 2 * rows) + keys * (2 * wide + valueWide) + rows * (wide + valueWide) +
           9 * Arena::LINE;
  }

  /** The next block of so many queries: as many as the others, in whole strips. */
  static int64_t blockOf(int64_t left) {
    const int64_t blocks = (left + QUERY_BLOCK - 1) / QUERY_BLOCK;
    const int64_t strips = (left + blocks * tiles::ROWS - 1) / (blocks * tiles::ROWS);
    return std::min(left, strips * tiles::ROWS);
  }

  /** Scores of a query become weights, and the slopes of the weights those of the scores. */
  static void slopesOf(const Given& given, int64_t query, int64_t columns, float* scores, float* slopes) {
    using namespace tiles;
    const int64_t at = query * given.kept.step;
    const Vector largest = all(given.kept.largest[at]), logSum = all(given.kept.logSum[at]), along = all(given.along[query]);
    const Vector log2 = all(LOG2_E);
    for (int64_t j = 0; j < columns; j += LANES) {
      const Vector weight = exp2((load(scores + j) - largest) * log2 - logSum);
      store(scores + j, weight);
      store(slopes + j, weight * (load(slopes + j) - along));
    }
  }

  /** Keys begin to end, at most KEY_BLOCK of them. */
  static void run(const Head& head, const Given& given, int64_t begin, int64_t end, const Gradients& to, float* memory) {
    const int64_t count = end - begin, row = apart(count), wide = padded(head.width), valueWide = padded(head.valueWidth);
    const int64_t block = std::min(QUERY_BLOCK, head.queries);
    Arena arena{memory};
    float* keyColumns = arena.take(head.width * row);
    float* valueColumns = arena.take(head.valueWidth * row);
    float* keys = arena.take(count * wide);
    float* keySlopes = arena.take(count * wide);
    float* valueSlopes = arena.take(count * valueWide);
    float* queries = arena.take(block * wide);
    float* dys = arena.take(block * valueWide);
    float* weights = arena.take(block * row);
    float* slopes = arena.take(block * row);

    packColumns(head.key, begin, count, head.width, keyColumns, row);
    packColumns(head.value, begin, count, head.valueWidth, valueColumns, row);
    pack(head.key, begin, count, head.width, 1, keys, wide);
    std::fill_n(keySlopes, count * wide, 0.0f);
    std::fill_n(valueSlopes, count * valueWide, 0.0f);
    for (int64_t first = head.causal ? begin : 0, height; first < head.queries; first += height) {
      height = blockOf(head.queries - first);
      const int64_t columns = seenBy(head, first + height, begin, count);
      pack(head.query, first, height, head.width, head.scale, queries, wide);
      pack(given.dy, first, height, head.valueWidth, 1, dys, valueWide);
      for (int64_t strip = 0; strip < height; strip += tiles::ROWS) {
        const int64_t lines = std::min<int64_t>(tiles::ROWS, height - strip);
        float *p = weights + strip * row, *ds = slopes + strip * row;
        tiles::multiply(lines, columns, head.width, tiles::ByRow{queries + strip * wide, wide}, keyColumns, row, p, row, false);
        adjust(head, first + strip, lines, begin, columns, p, row);
        const tiles::ByRow dy{dys + strip * valueWide, valueWide};
        tiles::multiply(lines, columns, head.valueWidth, dy, valueColumns, row, ds, row, false);
        for (int64_t i = 0; i < lines; i++) slopesOf(given, first + strip + i, columns, p + i * row, ds + i * row);
        if (to.bias.data) {
          for (int64_t i = 0; i < lines; i++) {
            float* __restrict bias = to.bias.at(first + strip + i) + begin;
            for (int64_t j = 0; j < columns; j++) bias[j] += ds[i * row + j];
          }
        }
        tiles::multiply(lines, head.width, columns, tiles::ByRow{ds, row}, keys, wide, to.query + (first + strip) * wide, wide, true);
      }
      tiles::multiply(columns, head.width, height, tiles::ByColumn{slopes, row}, queries, wide, keySlopes, wide, true);
      tiles::multiply(columns, head.valueWidth, height, tiles::ByColumn{weights, row}, dys, valueWide, valueSlopes, valueWide, true);
    }
    for (int64_t j = 0; j < count; j++) {
      std::copy_n(keySlopes + j * wide, head.width, to.key.at(begin + j));
      std::copy_n(valueSlopes + j * valueWide, head.valueWidth, to.value.at(begin + j));
    }
  }
};

}  // namespace fovea
