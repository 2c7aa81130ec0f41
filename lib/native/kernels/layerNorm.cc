// Layer norm over the last axis, one pass over memory, and its gradient, one as well:
//
//   y = scale n + shift,  n = (x - mean) / sqrt(variance + epsilon)
#include <cmath>

#include "lanes.h"

namespace fovea {
namespace {

void LayerNorm(Call& call) {
  const auto x = call.input(0);
  if (x.shape.empty()) call.fail("at least one axis", "a scalar");
  const int64_t width = x.last();
  const auto scale = call.input(1, {width});
  const auto shift = call.input(2, {width});
  const float epsilon = call.attribute("epsilon");
  const Shape rows(x.shape.begin(), x.shape.end() - 1);
  float* y = call.output(0, x.shape, {0});
  float* mean = call.output(1, rows);
  float* inverse = call.output(2, rows);
  call.parallel(x.rows(), rowGrain(width), [=](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float* values = x.data + row * width;
      float* results = y + row * width;
      float sum = 0, squares = 0;
      for (int64_t i = 0; i < width; i++) sum += values[i];
      const float centre = sum / width;
      for (int64_t i = 0; i < width; i++) squares += (values[i] - centre) * (values[i] - centre);
      const float factor = 1 / std::sqrt(squares / width + epsilon);
      mean[row] = centre;
      inverse[row] = factor;
#pragma GCC ivdep
      for (int64_t i = 0; i < width; i++) results[i] = (values[i] - centre) * factor * scale.data[i] + shift.data[i];
    }
  });
}

constexpr int64_t BLOCK = 64;  // rows summed in float before they are added in double

void LayerNormGrad(Call& call) {
  const auto dy = call.input(0);
  if (dy.shape.empty()) call.fail("at least one axis", "a scalar");
  const auto x = call.input(1, dy.shape);
  const int64_t width = dy.last(), rows = dy.rows();
  const auto scale = call.input(2, {width});
  const Shape byRow(dy.shape.begin(), dy.shape.end() - 1);
  const auto mean = call.input(3, byRow);
  const auto inverse = call.input(4, byRow);
  float* dx = call.output(0, dy.shape, {0, 1});
  float* dscale = call.output(1, {width});
  float* dshift = call.output(2, {width});

  const int64_t grain = rowGrain(width);
  std::vector<Sums> parts(call.parts(rows, grain), Sums(width));
  call.parallel(rows, grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> floats(2 * width);
    float* scales = floats.data();
    float* shifts = scales + width;
    for (int64_t first = begin; first < end; first += BLOCK) {
      std::fill(floats.begin(), floats.end(), 0.0f);
      for (int64_t row = first; row < std::min(end, first + BLOCK); row++) {
        const float* values = x.data + row * width;
        const float* slopes = dy.data + row * width;
        float* results = dx + row * width;
        const float centre = mean.data[row], factor = inverse.data[row];
        float sum = 0, along = 0;
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++) {
          const float normal = (values[i] - centre) * factor;
          const float slope = slopes[i] * scale.data[i];
          sum += slope;
          along += slope * normal;
          scales[i] += slopes[i] * normal;
          shifts[i] += slopes[i];
        }
        sum /= width;
        along /= width;
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++) results[i] = factor * (slopes[i] * scale.data[i] - sum - (values[i] - centre) * factor * along);
      }
      for (int64_t i = 0; i < width; i++) {
        parts[part].first[i] += scales[i];
        parts[part].second[i] += shifts[i];
      }
    }
  });
  for (int64_t i = 0; i < width; i++) {
    double scales = 0, shifts = 0;
    for (const Sums& sums : parts) {
      scales += sums.first[i];
      shifts += sums.second[i];
    }
    dscale[i] = scales;
    dshift[i] = shifts;
  }
}

const Kernel norm{"FoveaLayerNorm",
                  {"x: float", "scale: float", "shift: float"},
                  {"y: float", "mean: float", "inverse: float"},
                  {"epsilon: float"},
                  [](Shapes& shapes) {
                    shapes.set(0, {{0}});
                    shapes.set(1, {{0, 0, -1}});
                    shapes.set(2, {{0, 0, -1}});
                  },
                  LayerNorm};
const Registered<norm> registeredNorm;

const Kernel normGrad{"FoveaLayerNormGrad",
                      {"dy: float", "x: float", "scale: float", "mean: float", "inverse: float"},
                      {"dx: float", "dscale: float", "dshift: float"},
                      {},
                      [](Shapes& shapes) {
                        shapes.set(0, {{0}});
                        shapes.set(1, {{2}});
                        shapes.set(2, {{2}});
                      },
                      LayerNormGrad};
const Registered<normGrad> registeredNormGrad;

}  // namespace
}  // namespace fovea
