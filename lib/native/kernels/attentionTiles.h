// Products of small blocks, held in registers a tile at a time, and the exponential, for attention.cc.
//
// All blocks are padded with zeros to whole vectors along their rows, so that a head of any width takes the same path.
#pragma once

#include <cstdint>
#include <cstring>

namespace fovea::tiles {

// as many lanes and vectors as fit the registers: 24 sums in 32 of them, 12 in 16
#if defined(__AVX512F__)
constexpr int LANES = 16, COLUMNS = 4;
#elif defined(__AVX__)
constexpr int LANES = 8, COLUMNS = 2;
#else
constexpr int LANES = 4, COLUMNS = 2;
#endif
constexpr int SUMS = 6 * COLUMNS;

typedef float Vector __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));
typedef float Memory __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

inline Vector load(const float* at) { return *reinterpret_cast<const Memory*>(at); }
inline void store(float* at, Vector value) { *reinterpret_cast<Memory*>(at) = value; }
inline Vector all(float value) { return value - Vector{}; }

inline int64_t padded(int64_t length) { return (length + LANES - 1) / LANES * LANES; }
/** The distance of rows in a block that is read by column: an odd number of cache lines, or the rows would share few of the cache's sets. */
inline int64_t apart(int64_t length) { return (padded(length) + 15) / 32 * 32 + 16; }

/** A factor of which scalars are read: element (i, k) at data[i * row + k * step]. */
struct Scalars {
  const float* data;
  int64_t row, step;
  Scalars at(int64_t i, int64_t k) const { return {data + i * row + k * step, row, step}; }
};

/** c (+)= a b for ROWS rows and WIDTH vectors of columns. */
template <int ROWS, int WIDTH>
inline void tile(Scalars a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  Vector sum[ROWS][WIDTH] = {};
  for (int64_t k = 0; k < depth; k++) {
    Vector right[WIDTH];
    for (int j = 0; j < WIDTH; j++) right[j] = load(b + k * bRow + j * LANES);
#pragma GCC unroll 24
    for (int i = 0; i < ROWS; i++) {
      const Vector left = all(a.data[i * a.row + k * a.step]);
#pragma GCC unroll 4
      for (int j = 0; j < WIDTH; j++) sum[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < WIDTH; j++) {
      float* at = c + i * cRow + j * LANES;
      store(at, add ? load(at) + sum[i][j] : sum[i][j]);
    }
}

/** All rows of one panel of columns: full tiles, then halves of them. */
template <int ROWS, int WIDTH>
inline void panel(int64_t rows, Scalars a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  int64_t i = 0;
  for (; i + ROWS <= rows; i += ROWS) tile<ROWS, WIDTH>(a.at(i, 0), b, bRow, depth, c + i * cRow, cRow, add);
  if constexpr (ROWS > 1) {
    if (i < rows) panel<ROWS / 2, WIDTH>(rows - i, a.at(i, 0), b, bRow, depth, c + i * cRow, cRow, add);
  }
}

template <int WIDTH>
void panels(int64_t width, int64_t rows, Scalars a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  if (width == WIDTH) return panel<SUMS / (WIDTH > 1 ? WIDTH : 2), WIDTH>(rows, a, b, bRow, depth, c, cRow, add);
  if constexpr (WIDTH > 1) panels<WIDTH - 1>(width, rows, a, b, bRow, depth, c, cRow, add);
}

constexpr int64_t DEPTH = 64;  // a panel of so many rows is half of the nearest cache

/** c (+)= a b: rows x columns from a depth of `depth`; the panel of b in use stays in the nearest cache. */
inline void multiply(int64_t rows, int64_t columns, int64_t depth, Scalars a, const float* b, int64_t bRow, float* c, int64_t cRow, bool add) {
  const int64_t vectors = padded(columns) / LANES;
  const int64_t count = (vectors + COLUMNS - 1) / COLUMNS;
  const int64_t steps = (depth + DEPTH - 1) / DEPTH;
  for (int64_t p = 0; p < count; p++) {
    const int64_t begin = vectors * p / count, end = vectors * (p + 1) / count;
    for (int64_t s = 0; s < steps; s++) {
      const int64_t from = depth * s / steps, to = depth * (s + 1) / steps;
      panels<COLUMNS>(end - begin, rows, a.at(0, from), b + from * bRow + begin * LANES, bRow, to - from, c + begin * LANES, cRow, add || s);
    }
  }
}

/**
 * 2^x for x up to 0; 0 below the smallest normal number, minus infinity included. 2^x = 2^n 2^r with n whole and |r| <= 1/2, the
 * second factor by a polynomial of degree 6 whose error is below 1e-8 of the value (minimax).
 */
inline Vector exp2(Vector x) {
  const Vector low = all(-150.f);
  x = x < low ? low : x;  // NaN stays NaN
  const Integers whole = __builtin_convertvector(x - 0.5f, Integers);
  const Vector r = x - __builtin_convertvector(whole, Vector);
  Vector p = all(1.5353362e-4f);
  p = p * r + 1.3398874e-3f;
  p = p * r + 9.6184370e-3f;
  p = p * r + 5.5503324e-2f;
  p = p * r + 2.4022648e-1f;
  p = p * r + 6.9314720e-1f;
  p = p * r + 1.0f;
  const Vector value = (Vector)((Integers)p + (whole << 23));
  return x <= -126.f ? Vector{} : value;
}

inline float sumOf(Vector v) {
  float total = 0;
  for (int i = 0; i < LANES; i++) total += v[i];
  return total;
}
inline float largestOf(Vector v) {
  float most = v[0];
  for (int i = 1; i < LANES; i++) most = v[i] > most ? v[i] : most;
  return most;
}
inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

}  // namespace fovea::tiles
