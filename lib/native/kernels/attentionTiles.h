// Products of small blocks, held in registers a tile at a time, and the exponential, for attention.cc.
//
// All blocks are padded with zeros to whole vectors along their rows, so that a head of any width takes the same path.
#pragma once

#include <cstdint>
#include <utility>

namespace fovea::tiles {

// as many lanes and vectors as fit the registers: 24 sums in 32 of them, 12 in 16
#if defined(__AVX512F__)
constexpr int LANES = 16, COLUMNS = 4;
#elif defined(__AVX__)
constexpr int LANES = 8, COLUMNS = 2;
#else
constexpr int LANES = 4, COLUMNS = 2;
#endif
constexpr int ROWS = 6;

typedef float Vector __attribute__((vector_size(4 * LANES)));
typedef int32_t Integers __attribute__((vector_size(4 * LANES)));
typedef float Memory __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

inline Vector load(const float* at) { return *reinterpret_cast<const Memory*>(at); }
inline void store(float* at, Vector value) { *reinterpret_cast<Memory*>(at) = value; }
inline Vector all(float value) { return value - Vector{}; }

inline int64_t padded(int64_t length) { return (length + LANES - 1) / LANES * LANES; }
/** From row to row of a block that is read by column: an odd number of cache lines, or the rows would share few of the cache's sets. */
inline int64_t apart(int64_t length) { return (padded(length) + 15) / 32 * 32 + 16; }

/** A factor of which single numbers are read, by row or, transposed, by column: element (i, k) is at i * stride + k or k * stride + i. */
template <bool TRANSPOSED>
struct Factor {
  const float* data;
  int64_t stride;
  float at(int64_t i, int64_t k) const { return TRANSPOSED ? data[k * stride + i] : data[i * stride + k]; }
  Factor from(int64_t i) const { return {TRANSPOSED ? data + i : data + i * stride, stride}; }
};
using ByRow = Factor<false>;
using ByColumn = Factor<true>;

/** c (+)= a b for HEIGHT rows and WIDTH vectors of columns; not inlined, where its sums would compete for registers with what is around. */
template <int HEIGHT, int WIDTH, typename A>
[[gnu::noinline]] void tile(A a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  // unrolled throughout, or the compiler keeps the sums in memory
  Vector sum[HEIGHT][WIDTH];
#pragma GCC unroll 6
  for (int i = 0; i < HEIGHT; i++)
#pragma GCC unroll 4
    for (int j = 0; j < WIDTH; j++) sum[i][j] = Vector{};
  for (int64_t k = 0; k < depth; k++) {
    Vector right[WIDTH];
#pragma GCC unroll 4
    for (int j = 0; j < WIDTH; j++) right[j] = load(b + k * bRow + j * LANES);
#pragma GCC unroll 6
    for (int i = 0; i < HEIGHT; i++) {
      const Vector left = all(a.at(i, k));
#pragma GCC unroll 4
      for (int j = 0; j < WIDTH; j++) sum[i][j] += left * right[j];
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < HEIGHT; i++)
#pragma GCC unroll 4
    for (int j = 0; j < WIDTH; j++) {
      float* at = c + i * cRow + j * LANES;
      store(at, add ? load(at) + sum[i][j] : sum[i][j]);
    }
}

/** All rows of one panel of columns: full tiles, then halves of them. */
template <int HEIGHT, int WIDTH, typename A>
inline void panel(int64_t rows, A a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  int64_t i = 0;
  for (; i + HEIGHT <= rows; i += HEIGHT) tile<HEIGHT, WIDTH>(a.from(i), b, bRow, depth, c + i * cRow, cRow, add);
  if constexpr (HEIGHT > 1) {
    if (i < rows) panel<HEIGHT / 2, WIDTH>(rows - i, a.from(i), b, bRow, depth, c + i * cRow, cRow, add);
  }
}

template <int WIDTH, typename A>
void panels(int64_t width, int64_t rows, A a, const float* b, int64_t bRow, int64_t depth, float* c, int64_t cRow, bool add) {
  if (width == WIDTH) return panel<ROWS, WIDTH>(rows, a, b, bRow, depth, c, cRow, add);
  if constexpr (WIDTH > 1) panels<WIDTH - 1>(width, rows, a, b, bRow, depth, c, cRow, add);
}

/** c (+)= a b: rows x columns from a depth of `depth`. */
template <typename A>
void multiply(int64_t rows, int64_t columns, int64_t depth, A a, const float* b, int64_t bRow, float* c, int64_t cRow, bool add) {
  const int64_t vectors = padded(columns) / LANES;
  const int64_t count = (vectors + COLUMNS - 1) / COLUMNS;
  for (int64_t p = 0; p < count; p++) {
    const int64_t begin = vectors * p / count, end = vectors * (p + 1) / count;
    panels<COLUMNS>(end - begin, rows, a, b + begin * LANES, bRow, depth, c + begin * LANES, cRow, add);
  }
}

/** The value as it stands, which the compiler may not join with what comes next: under -ffast-math x + c - c is x. */
inline Vector exactly(Vector v) {
#if defined(__x86_64__)
  asm("" : "+v"(v));
#elif defined(__aarch64__)
  asm("" : "+w"(v));
#endif
  return v;
}

/**
 * 2^x for x up to 0, and 0 below the smallest normal number, minus infinity included; NaN stays NaN. 2^x = 2^n 2^r with n whole and
 * |r| <= 1/2: adding 1.5 2^23 rounds to whole numbers and leaves n in the lowest bits. 2^r is the polynomial of Cephes' exp2f.
 */
inline Vector exp2(Vector x) {
  const Vector low = all(-127.f), magic = all(12582912.f);
  x = x < low ? low : x;  // there r is 0, and the bits of 1 with an exponent of -127 are those of 0
  const Vector shifted = exactly(x + magic);
  const Vector r = x - exactly(shifted - magic);
  Vector p = all(1.535336188e-4f);
  p = p * r + 1.339887440e-3f;
  p = p * r + 9.618437357e-3f;
  p = p * r + 5.550332471e-2f;
  p = p * r + 2.402264791e-1f;
  p = p * r + 6.931472029e-1f;
  p = p * r + 1.0f;
  return (Vector)((Integers)p + ((Integers)shifted << 23));
}

/** Lanes of a and b, as numbers below LANES and from it on. */
template <int... from>
inline Vector shuffled(Vector a, Vector b) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, from...);
#else
  return __builtin_shuffle(a, b, Integers{from...});  // GCC has the other from version 12 on
#endif
}
using Every = std::make_integer_sequence<int, LANES>;

/** Each lane joined with the one `distance` away. */
template <int distance, int... lane>
inline Vector turned(Vector v, std::integer_sequence<int, lane...>) {
  return shuffled<(lane ^ distance)...>(v, v);
}

inline float sumOf(Vector v) {
  if constexpr (LANES > 8) v += turned<8>(v, Every{});
  if constexpr (LANES > 4) v += turned<4>(v, Every{});
  v += turned<2>(v, Every{});
  v += turned<1>(v, Every{});
  return v[0];
}
inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }
inline float largestOf(Vector v) {
  if constexpr (LANES > 8) v = larger(v, turned<8>(v, Every{}));
  if constexpr (LANES > 4) v = larger(v, turned<4>(v, Every{}));
  v = larger(v, turned<2>(v, Every{}));
  v = larger(v, turned<1>(v, Every{}));
  return v[0];
}

/** Exchanges, between rows whose numbers differ in the bit `distance`, the lanes that differ in it the other way. */
template <int distance, int... lane>
inline void exchange(Vector* rows, std::integer_sequence<int, lane...>) {
  for (int i = 0; i < LANES; i++) {
    if (i & distance) continue;
    const Vector upper = rows[i], lower = rows[i + distance];
    rows[i] = shuffled<(lane & distance ? LANES + (lane ^ distance) : lane)...>(upper, lower);
    rows[i + distance] = shuffled<(lane & distance ? LANES + lane : lane ^ distance)...>(upper, lower);
  }
}

/** Rows become columns. */
inline void transpose(Vector (&rows)[LANES]) {
  if constexpr (LANES > 8) exchange<8>(rows, Every{});
  if constexpr (LANES > 4) exchange<4>(rows, Every{});
  exchange<2>(rows, Every{});
  exchange<1>(rows, Every{});
}

/** The first `count` lanes from memory, zeros in the rest. */
inline Vector loadPart(const float* at, int64_t count) {
  if (count >= LANES) return load(at);
  Vector value{};
  for (int64_t lane = 0; lane < count; lane++) value[lane] = at[lane];
  return value;
}

}  // namespace fovea::tiles
