// Convolution by filters of 3 x 3, stride 1 and padding 1, and its two gradients, with a quarter of the multiplications (winograd.h).
// Images are cut into tiles of 4 x 4 positions. For as many of them as the cache holds, windows of 6 x 6 are transformed and 36
// products of matrices taken, tiles x channels in by channels in x out. The gradient by the image is the same convolution by the
// filter turned by half; the gradient by the filter sums products over the tiles.
//
// Channels in and out are multiples of 16; other convolutions are left to TensorFlow.
#include <algorithm>
#include <cstring>

#include "kernel.h"
#include "winograd.h"

namespace fovea {
namespace {

using namespace winograd;

constexpr int64_t MULTIPLE = 16;

// channels that are worked on together, a vector of them, and the sums that the registers hold: ROWS of them, COLUMNS chunks each
#if defined(__AVX512F__)
constexpr int64_t CHUNK = 16;
constexpr int ROWS = 12, COLUMNS = 2;
#elif defined(__AVX__)
constexpr int64_t CHUNK = 8;
constexpr int ROWS = 6, COLUMNS = 2;
#else
constexpr int64_t CHUNK = 4;
constexpr int ROWS = 6, COLUMNS = 2;
#endif

typedef float Vector __attribute__((vector_size(4 * CHUNK)));
typedef float Memory __attribute__((vector_size(4 * CHUNK), aligned(4), may_alias));
inline Vector load(const float* at) { return *reinterpret_cast<const Memory*>(at); }
inline void store(float* at, Vector value) { *reinterpret_cast<Memory*>(at) = value; }

/** Transforms of a block of tiles: for each of 36 points and each chunk of channels, the chunk of one tile after the other. */
struct Points {
  Points(int64_t channels, int64_t tiles) : chunks(channels / CHUNK), tiles(tiles) {
    distance = (chunks * tiles | 1) * CHUNK;  // an odd number of cache lines, or the points would share few of the cache's sets
  }
  int64_t at(int64_t point, int64_t chunk, int64_t tile) const { return point * distance + (chunk * tiles + tile) * CHUNK; }
  int64_t size() const { return POINTS * distance; }
  int64_t chunks, tiles, distance;
};

/** How many tiles at a time: the transforms are half of a usual second-level cache. */
int64_t tilesAtOnce(int64_t from, int64_t to) { return std::clamp<int64_t>(1024 / std::max(from, to) / ROWS * ROWS, 24, 60); }

struct Tiling {
  Tiling(const Shape& images, int64_t block) : height(images[1]), width(images[2]), block(block) {
    down = (height + OUT - 1) / OUT;
    across = (width + OUT - 1) / OUT;
    count = images[0] * down * across;
    blocks = (count + block - 1) / block;
  }
  int64_t height, width, block, down, across, count, blocks;
};

/** SIZE x SIZE positions about a tile: where they begin in memory, and which rows and columns of them lie inside of the image. */
template <int SIZE>
struct Window {
  Window(const Tiling& tiling, int64_t tile, int64_t channels) : row(tiling.width * channels), column(channels) {
    constexpr int64_t margin = (SIZE - OUT) / 2;
    const int64_t image = tile / tiling.across / tiling.down;
    const int64_t y = tile / tiling.across % tiling.down * OUT - margin, x = tile % tiling.across * OUT - margin;
    begin = ((image * tiling.height + y) * tiling.width + x) * channels;
    top = std::max<int64_t>(0, -y);
    left = std::max<int64_t>(0, -x);
    bottom = std::min<int64_t>(SIZE, tiling.height - y);
    right = std::min<int64_t>(SIZE, tiling.width - x);
    whole = top == 0 && left == 0 && bottom == SIZE && right == SIZE;
  }
  bool inside(int64_t i, int64_t j) const { return i >= top && i < bottom && j >= left && j < right; }
  int64_t at(int64_t i, int64_t j) const { return begin + i * row + j * column; }
  int64_t row, column, begin, top, left, bottom, right;
  bool whole;
};

// Tiles go through memory a row of them after the other: what one row and LEAD tiles on will be read is fetched ahead, since the
// processor does not see that through the many short reads (measured: half of the time).
constexpr int64_t LEAD = 4;

/** The windows of `count` tiles from `first` on, transformed. */
template <int SIZE, typename Line>
void gather(const Tiling& tiling, const float* from, int64_t first, int64_t count, float* to, const Points& points, const Line& line) {
  for (int64_t tile = 0; tile < count; tile++) {
    const Window<SIZE> window(tiling, first + tile, points.chunks * CHUNK);
    const int64_t vectors = OUT * OUT * points.chunks;
    const float* ahead = from + (first + tile + tiling.across + LEAD) * vectors * CHUNK;
    for (int64_t vector = 0; vector < vectors; vector++) __builtin_prefetch(ahead + vector * CHUNK);
    for (int64_t chunk = 0; chunk < points.chunks; chunk++) {
      const float* pixels = from + window.begin + chunk * CHUNK;
      float* result = to + points.at(0, chunk, tile);
      const auto write = [&](int i, int j, Vector value) { store(result + (i * IN + j) * points.distance, value); };
      if (window.whole) {
        transform<SIZE, IN>(line, [&](int i, int j) { return load(pixels + i * window.row + j * window.column); }, write);
      } else {
        transform<SIZE, IN>(
            line, [&](int i, int j) { return window.inside(i, j) ? load(pixels + i * window.row + j * window.column) : Vector{}; }, write);
      }
    }
  }
}

/** The products for these tiles as their positions. */
void scatter(const Tiling& tiling, const float* from, int64_t first, int64_t count, float* to, const Points& points) {
  for (int64_t tile = 0; tile < count; tile++) {
    const Window<OUT> window(tiling, first + tile, points.chunks * CHUNK);
    for (int64_t chunk = 0; chunk < points.chunks; chunk++) {
      const float* products = from + points.at(0, chunk, tile);
      float* pixels = to + window.begin + chunk * CHUNK;
      transform<IN, OUT>(
          pointsToOutput, [&](int i, int j) { return load(products + (i * IN + j) * points.distance); },
          [&](int i, int j, Vector value) {
            if (window.whole || window.inside(i, j)) store(pixels + i * window.row + j * window.column, value);
          });
    }
  }
}

/** Filters [3][3][rows][columns] transformed: [36][rows][columns]; turned by half: [36][columns][rows]. */
void transformFilters(Call& call, const float* filters, int64_t rows, int64_t columns, bool turned, float* to) {
  call.parallel(rows, 64, [=](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      for (int64_t column = 0; column < columns; column += CHUNK) {
        const auto read = [&](int i, int j) {
          const int place = turned ? (2 - i) * FILTER + 2 - j : i * FILTER + j;
          return load(filters + (place * rows + row) * columns + column);
        };
        transform<FILTER, IN>(filterToPoints, read, [&](int i, int j, Vector value) {
          const int64_t point = (i * IN + j) * rows * columns;
          if (!turned) store(to + point + row * columns + column, value);
          for (int lane = 0; turned && lane < CHUNK; lane++) to[point + (column + lane) * rows + row] = value[lane];
        });
      }
    }
  });
}

/** c = a b for ROWS tiles and WIDTH chunks of channels out; `a` a tile after the other, `b` a channel in after the other. */
template <int WIDTH>
inline void product(const float* a, const Points& in, const float* b, int64_t to, float* c, const Points& out) {
  Vector sum[ROWS][WIDTH] = {};
  for (int64_t chunk = 0; chunk < in.chunks; chunk++, a += in.tiles * CHUNK) {
#pragma GCC unroll 2
    for (int64_t k = 0; k < CHUNK; k++, b += to) {
      Vector right[WIDTH];
      for (int j = 0; j < WIDTH; j++) right[j] = load(b + j * CHUNK);
#pragma GCC unroll 12
      for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < WIDTH; j++) sum[i][j] += a[i * CHUNK + k] * right[j];
    }
  }
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < WIDTH; j++) store(c + (j * out.tiles + i) * CHUNK, sum[i][j]);
}

constexpr int HALF = CHUNK / 2;

/** c += a^T b over `count` tiles for half a chunk of channels in and WIDTH chunks of channels out. */
template <int WIDTH>
inline void outerProduct(const float* a, const float* b, const Points& out, int64_t count, float* c, int64_t to) {
  Vector sum[HALF][WIDTH] = {};
  for (int64_t tile = 0; tile < count; tile++, a += CHUNK, b += CHUNK) {
    Vector right[WIDTH];
    for (int j = 0; j < WIDTH; j++) right[j] = load(b + j * out.tiles * CHUNK);
#pragma GCC unroll 8
    for (int i = 0; i < HALF; i++)
      for (int j = 0; j < WIDTH; j++) sum[i][j] += a[i] * right[j];
  }
  for (int i = 0; i < HALF; i++)
    for (int j = 0; j < WIDTH; j++) {
      float* at = c + i * to + j * CHUNK;
      store(at, load(at) + sum[i][j]);  // a sum of sums, which rounds less than one long sum
    }
}

/** Calls `body` with the first chunk of COLUMNS ones, or of those that are left, and their number as a constant. */
template <typename Body>
inline void eachColumns(int64_t chunks, const Body& body) {
  int64_t chunk = 0;
  for (; chunk + COLUMNS <= chunks; chunk += COLUMNS) body(chunk, std::integral_constant<int, COLUMNS>());
  for (; chunk < chunks; chunk++) body(chunk, std::integral_constant<int, 1>());
}

void checkChannels(const Call& call, const Shape& images) {
  if (images.size() != 4 || images[3] % MULTIPLE != 0) call.fail("images b h w c with c a multiple of 16", text(images));
}

template <bool turned>
void Convolve(Call& call) {
  const auto x = call.input(0);
  checkChannels(call, x.shape);
  Shape shape = call.input(1).shape;
  if (shape.size() != 4) call.fail("a filter of 4 axes", text(shape));
  const int64_t from = x.last(), to = shape[turned ? 2 : 3];
  const auto filter = call.input(1, turned ? Shape{FILTER, FILTER, to, from} : Shape{FILTER, FILTER, from, to});
  shape = {x.shape[0], x.shape[1], x.shape[2], to};
  checkChannels(call, shape);
  float* y = call.output(0, shape);

  float* filters = call.scratch(POINTS * from * to);
  transformFilters(call, filter.data, turned ? to : from, turned ? from : to, turned, filters);
  const Tiling tiling(x.shape, tilesAtOnce(from, to));
  const Points in(from, tiling.block), out(to, tiling.block);
  const int64_t room = in.size() + out.size();
  float* scratch = call.scratch(call.parts(tiling.blocks, 1) * room);
  call.parallel(tiling.blocks, 1, [=](int part, int64_t begin, int64_t end) {
    float* windows = scratch + part * room;
    float* products = windows + in.size();
    for (int64_t first = begin * tiling.block; first < std::min(end * tiling.block, tiling.count); first += tiling.block) {
      const int64_t count = std::min(tiling.block, tiling.count - first);
      gather<IN>(tiling, x.data, first, count, windows, in, imageToPoints);
      for (int64_t point = 0; point < POINTS; point++) {
        eachColumns(out.chunks, [&](int64_t chunk, auto width) {
          // rows after the last tile hold what was there before, and their products are not read
          for (int64_t tile = 0; tile < count; tile += ROWS)
            product<width>(windows + in.at(point, 0, tile), in, filters + point * from * to + chunk * CHUNK, to,
                           products + out.at(point, chunk, tile), out);
        });
      }
      scatter(tiling, products, first, count, y, out);
    }
  });
}

void FilterGrad(Call& call) {
  const auto x = call.input(0);
  checkChannels(call, x.shape);
  const int64_t from = x.last(), to = call.input(1).last();
  const Shape shape{x.shape[0], x.shape[1], x.shape[2], to};
  const auto dy = call.input(1, shape);
  checkChannels(call, shape);
  float* dfilter = call.output(0, {FILTER, FILTER, from, to});

  const Tiling tiling(x.shape, tilesAtOnce(from, to));
  const Points in(from, tiling.block), out(to, tiling.block);
  const int64_t filters = from * to, sums = POINTS * filters, room = sums + in.size() + out.size();
  const int parts = call.parts(tiling.blocks, 1);
  float* scratch = call.scratch(parts * room);
  for (int part = 0; part < parts; part++) std::memset(scratch + part * room, 0, sums * sizeof(float));
  call.parallel(tiling.blocks, 1, [=](int part, int64_t begin, int64_t end) {
    float* sum = scratch + part * room;
    float* windows = sum + sums;
    float* slopes = windows + in.size();
    for (int64_t first = begin * tiling.block; first < std::min(end * tiling.block, tiling.count); first += tiling.block) {
      const int64_t count = std::min(tiling.block, tiling.count - first);
      gather<IN>(tiling, x.data, first, count, windows, in, imageToPoints);
      gather<OUT>(tiling, dy.data, first, count, slopes, out, outputToPoints);
      for (int64_t point = 0; point < POINTS; point++) {
        eachColumns(out.chunks, [&](int64_t chunk, auto width) {
          for (int64_t channel = 0; channel < from; channel += HALF)
            outerProduct<width>(windows + in.at(point, channel / CHUNK, 0) + channel % CHUNK, slopes + out.at(point, chunk, 0), out, count,
                                sum + point * filters + channel * to + chunk * CHUNK, to);
        });
      }
    }
  });
  for (int64_t at = 0; at < filters; at += CHUNK) {
    const auto read = [&](int i, int j) {
      const float* point = scratch + (i * IN + j) * filters + at;
      Vector total = load(point);
      for (int part = 1; part < parts; part++) total += load(point + part * room);
      return total;
    };
    transform<IN, FILTER>(pointsToFilter, read, [&](int i, int j, Vector value) { store(dfilter + (i * FILTER + j) * filters + at, value); });
  }
}

const Kernel convolve{"FoveaConvolve3x3",
                      {"x: float", "filter: float"},
                      {"y: float"},
                      {},
                      [](Shapes& shapes) { shapes.set(0, {{0, 0, 3}, {1, 3}}); },
                      Convolve<false>};
const Registered<convolve> registeredConvolve;

const Kernel inputGrad{"FoveaConvolve3x3InputGrad",
                       {"dy: float", "filter: float"},
                       {"dx: float"},
                       {},
                       [](Shapes& shapes) { shapes.set(0, {{0, 0, 3}, {1, 2, 3}}); },
                       Convolve<true>};
const Registered<inputGrad> registeredInputGrad;

const Kernel filterGrad{"FoveaConvolve3x3FilterGrad",
                        {"x: float", "dy: float"},
                        {"dfilter: float"},
                        {},
                        [](Shapes& shapes) { shapes.set(0, {axisOf(FILTER), axisOf(FILTER), {0, 3}, {1, 3}}); },
                        FilterGrad};
const Registered<filterGrad> registeredFilterGrad;

}  // namespace
}  // namespace fovea
