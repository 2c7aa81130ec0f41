// Group norm, each image by itself over positions and groups of neighbouring channels, in two passes over the image each way:
//
//   y = scale (x - mean) / sqrt(variance + epsilon) + shift
//
// Sums are taken by channel and put together by group. Mean and 1 / deviation are handed on by channel, b 1 c.
#include <cmath>

#include "lanes.h"

namespace fovea {
namespace {

struct Images {
  Images(Call& call, const Block<const float>& x) : channels(x.last()) {
    if (x.shape.size() < 2) call.fail("at least two axes, b ... c", text(x.shape));
    count = x.shape[0];
    size = count == 0 ? 0 : x.size / count;
    positions = channels == 0 ? 0 : size / channels;
    groups = static_cast<int64_t>(call.attribute("groups"));
    if (groups < 1 || channels % groups != 0) call.fail("groups that divide the channels", std::to_string(groups) + " of " + text(x.shape));
    if (x.size == 0) call.fail("at least one position", text(x.shape));
    width = channels / groups;
    grain = std::max<int64_t>(1, (1 << 14) / size);
  }
  int64_t channels, count, size, positions, groups, width, grain;
  Shape byChannel() const { return {count, 1, channels}; }
};

void GroupNorm(Call& call) {
  const auto x = call.input(0);
  const Images images(call, x);
  const int64_t channels = images.channels, width = images.width;
  const auto scale = call.input(1, {channels});
  const auto shift = call.input(2, {channels});
  const double epsilon = call.attribute("epsilon");
  float* y = call.output(0, x.shape, {0});
  float* means = call.output(1, images.byChannel());
  float* inverses = call.output(2, images.byChannel());
  const Lanes lanes(channels);
  call.parallel(images.count, images.grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> slopes(channels), offsets(channels);
    for (int64_t b = begin; b < end; b++) {
      const float* values = x.data + b * images.size;
      const std::vector<float> origin = lanes.spread(values);  // sums are of differences from the first position, against cancellation
      const float* first = origin.data();
      Sums sums(channels);
      sumLanes(lanes, 0, images.size, sums, [=](int64_t i, int64_t lane) {
        const float difference = values[i] - first[lane];
        return Pair{difference, difference * difference};
      });
      for (int64_t start = 0; start < channels; start += width) {
        double mean = 0, variance = 0;
        for (int64_t c = start; c < start + width; c++) mean += (first[c] + sums.first[c] / images.positions) / width;
        for (int64_t c = start; c < start + width; c++) {
          const double from = first[c] - mean, away = sums.first[c] / images.positions;
          variance += (sums.second[c] / images.positions + 2 * from * away + from * from) / width;
        }
        const double inverse = 1 / std::sqrt((variance < 0 ? 0 : variance) + epsilon);
        for (int64_t c = start; c < start + width; c++) {
          means[b * channels + c] = mean;
          inverses[b * channels + c] = inverse;
          slopes[c] = scale.data[c] * inverse;
          offsets[c] = shift.data[c] - mean * slopes[c];
        }
      }
      const std::vector<float> factors = lanes.spread(slopes.data()), constants = lanes.spread(offsets.data());
      const float *factor = factors.data(), *constant = constants.data();
      float* out = y + b * images.size;
      eachLane(lanes, 0, images.size, [=](int64_t i, int64_t lane) { out[i] = values[i] * factor[lane] + constant[lane]; });
    }
  });
}

// dx = inverse (scale dy - mean(scale dy) - normalised mean(scale dy normalised)), means over positions and group
void GroupNormGrad(Call& call) {
  const auto dy = call.input(0);
  const Images images(call, dy);
  const int64_t channels = images.channels, width = images.width;
  const auto x = call.input(1, dy.shape);
  const auto scale = call.input(2, {channels});
  const auto means = call.input(3, images.byChannel());
  const auto inverses = call.input(4, images.byChannel());
  float* dx = call.output(0, dy.shape, {0, 1});
  float* dscale = call.output(1, {channels});
  float* dshift = call.output(2, {channels});
  const Lanes lanes(channels);
  std::vector<Sums> parts(call.parts(images.count, images.grain), Sums(channels));
  call.parallel(images.count, images.grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> a(channels), along(channels), constants(channels);
    for (int64_t b = begin; b < end; b++) {
      const float *slopes = dy.data + b * images.size, *values = x.data + b * images.size;
      const float *mean = means.data + b * channels, *inverse = inverses.data + b * channels;
      const std::vector<float> middles = lanes.spread(mean);
      const float* centre = middles.data();
      Sums sums(channels);
      sumLanes(lanes, 0, images.size, sums, [=](int64_t i, int64_t lane) { return Pair{slopes[i], slopes[i] * (values[i] - centre[lane])}; });
      for (int64_t start = 0; start < channels; start += width) {
        double level = 0, sideways = 0;
        for (int64_t c = start; c < start + width; c++) {
          level += scale.data[c] * sums.first[c] / images.positions / width;
          sideways += scale.data[c] * sums.second[c] / images.positions / width;
        }
        for (int64_t c = start; c < start + width; c++) {
          const double one = inverse[c];
          a[c] = scale.data[c] * one;
          along[c] = -one * one * one * sideways;
          constants[c] = -one * level;
          parts[part].first[c] += sums.first[c];
          parts[part].second[c] += sums.second[c] * one;
        }
      }
      const std::vector<float> as = lanes.spread(a.data()), bs = lanes.spread(along.data()), cs = lanes.spread(constants.data());
      const float *factor = as.data(), *side = bs.data(), *constant = cs.data();
      float* out = dx + b * images.size;
      eachLane(lanes, 0, images.size, [=](int64_t i, int64_t lane) {
        out[i] = factor[lane] * slopes[i] + side[lane] * (values[i] - centre[lane]) + constant[lane];
      });
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

const Kernel norm{"FoveaGroupNorm",
                  {"x: float", "scale: float", "shift: float"},
                  {"y: float", "mean: float", "inverse: float"},
                  {"groups: int", "epsilon: float"},
                  [](Shapes& shapes) {
                    shapes.set(0, {{0}});
                    for (const int output : {1, 2}) shapes.set(output, {{0, 0, 1}, axisOf(1), {1}});
                  },
                  GroupNorm};
const Registered<norm> registeredNorm;

const Kernel normGrad{"FoveaGroupNormGrad",
                      {"dy: float", "x: float", "scale: float", "mean: float", "inverse: float"},
                      {"dx: float", "dscale: float", "dshift: float"},
                      {"groups: int"},
                      [](Shapes& shapes) {
                        shapes.set(0, {{0}});
                        for (const int output : {1, 2}) shapes.set(output, {{2}});
                      },
                      GroupNormGrad};
const Registered<normGrad> registeredNormGrad;

}  // namespace
}  // namespace fovea
