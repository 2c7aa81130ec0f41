// Global response norm of images b h w c, in two passes over each image, and its gradient, in two as well:
//
//   y = x + scale x n + shift,  n_c = g_c / (mean over channels of g + epsilon),  g_c = the norm of channel c over the image
#include <cmath>

#include "lanes.h"

namespace fovea {
namespace {

struct Images {
  Images(Call& call, const Block<const float>& x) : channels(x.last()) {
    if (x.shape.size() != 4) call.fail("images b h w c", text(x.shape));
    count = x.shape[0];
    size = count == 0 ? 0 : x.size / count;
    grain = std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, size));
  }
  int64_t channels, count, size, grain;
  Shape byChannel() const { return {count, 1, 1, channels}; }
};

/** mean over channels + epsilon, which the shares are of. */
double wholeOf(const float* sizes, int64_t channels, double epsilon) {
  double sum = 0;
  for (int64_t c = 0; c < channels; c++) sum += sizes[c];
  return sum / channels + epsilon;
}

void ResponseNorm(Call& call) {
  const auto x = call.input(0);
  const Images images(call, x);
  const int64_t channels = images.channels;
  const auto scale = call.input(1, {channels});
  const auto shift = call.input(2, {channels});
  const double epsilon = call.attribute("epsilon");
  float* y = call.output(0, x.shape, {0});
  float* sizes = call.output(1, images.byChannel());
  const Lanes lanes(channels);
  const std::vector<float> shifts = lanes.spread(shift.data);
  const float* constant = shifts.data();
  call.parallel(images.count, images.grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> slopes(channels);
    for (int64_t b = begin; b < end; b++) {
      const float* values = x.data + b * images.size;
      float* out = y + b * images.size;
      float* size = sizes + b * channels;
      Sums sums(channels);
      sumLanes(lanes, 0, images.size, sums, [=](int64_t i, int64_t) { return Pair{values[i] * values[i], 0.0f}; });
      for (int64_t c = 0; c < channels; c++) size[c] = std::sqrt(sums.first[c]);
      const double whole = wholeOf(size, channels, epsilon);
      for (int64_t c = 0; c < channels; c++) slopes[c] = 1 + scale.data[c] * (size[c] / whole);
      const std::vector<float> factors = lanes.spread(slopes.data());
      const float* factor = factors.data();
      eachLane(lanes, 0, images.size, [=](int64_t i, int64_t lane) { out[i] = values[i] * factor[lane] + constant[lane]; });
    }
  });
}

void ResponseNormGrad(Call& call) {
  const auto dy = call.input(0);
  const Images images(call, dy);
  const int64_t channels = images.channels;
  const auto x = call.input(1, dy.shape);
  const auto scale = call.input(2, {channels});
  const auto sizes = call.input(3, images.byChannel());
  const double epsilon = call.attribute("epsilon");
  float* dx = call.output(0, dy.shape, {0, 1});
  float* dscale = call.output(1, {channels});
  float* dshift = call.output(2, {channels});
  const Lanes lanes(channels);
  std::vector<Sums> parts(call.parts(images.count, images.grain), Sums(channels));
  call.parallel(images.count, images.grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> direct(channels), through(channels);
    for (int64_t b = begin; b < end; b++) {
      const float *slopes = dy.data + b * images.size, *values = x.data + b * images.size;
      const float* size = sizes.data + b * channels;
      float* out = dx + b * images.size;
      Sums sums(channels);
      sumLanes(lanes, 0, images.size, sums, [=](int64_t i, int64_t) { return Pair{slopes[i], slopes[i] * values[i]}; });
      const double whole = wholeOf(size, channels, epsilon);
      double shared = 0;
      for (int64_t c = 0; c < channels; c++) shared += sums.second[c] * scale.data[c] * (size[c] / whole) / channels;
      for (int64_t c = 0; c < channels; c++) {
        const double share = size[c] / whole;
        direct[c] = 1 + scale.data[c] * share;
        // a channel that is 0 everywhere has, at that point, no slope through its size
        through[c] = size[c] == 0 ? 0 : (sums.second[c] * scale.data[c] - shared) / whole / size[c];
        parts[part].first[c] += sums.first[c];
        parts[part].second[c] += sums.second[c] * share;
      }
      const std::vector<float> directs = lanes.spread(direct.data()), throughs = lanes.spread(through.data());
      const float *straight = directs.data(), *round = throughs.data();
      eachLane(lanes, 0, images.size, [=](int64_t i, int64_t lane) { out[i] = slopes[i] * straight[lane] + values[i] * round[lane]; });
    }
  });
  for (int64_t c = 0; c < channels; c++) {
    double shift = 0, slope = 0;
    for (const Sums& part : parts) {
      shift += part.first[c];
      slope += part.second[c];
    }
    dshift[c] = shift;
    dscale[c] = slope;
  }
}

const Kernel norm{"FoveaGlobalResponseNorm",
                  {"x: float", "scale: float", "shift: float"},
                  {"y: float", "size: float"},
                  {"epsilon: float"},
                  [](Shapes& shapes) {
                    shapes.set(0, {{0}});
                    shapes.set(1, {{0, 0, 1}, axisOf(1), axisOf(1), {1}});
                  },
                  ResponseNorm};
const Registered<norm> registeredNorm;

const Kernel normGrad{"FoveaGlobalResponseNormGrad",
                      {"dy: float", "x: float", "scale: float", "size: float"},
                      {"dx: float", "dscale: float", "dshift: float"},
                      {"epsilon: float"},
                      [](Shapes& shapes) {
                        shapes.set(0, {{0}});
                        for (const int output : {1, 2}) shapes.set(output, {{2}});
                      },
                      ResponseNormGrad};
const Registered<normGrad> registeredNormGrad;

}  // namespace
}  // namespace fovea
