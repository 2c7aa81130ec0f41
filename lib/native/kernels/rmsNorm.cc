// RMS norm over the last axis, one pass over memory, and its gradient, one as well:
//
//   y = scale n,  n = x / sqrt(mean(x^2) + epsilon)
#include <cmath>

#include "lanes.h"

namespace fovea {
namespace {

Shape byRow(Call& call, const Shape& shape) {
  if (shape.empty()) call.fail("at least one axis", "a scalar");
  Shape rows = shape;
  rows.back() = 1;
  return rows;
}

void RmsNorm(Call& call) {
  const auto x = call.input(0);
  const Shape rows = byRow(call, x.shape);
  const int64_t width = x.last();
  const auto scale = call.input(1, {width});
  const float epsilon = call.attribute("epsilon");
  float* y = call.output(0, x.shape, {0});
  float* inverse = call.output(1, rows);
  call.parallel(x.rows(), rowGrain(width), [=](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float* values = x.data + row * width;
      float* results = y + row * width;
      float squares = 0;
      for (int64_t i = 0; i < width; i++) squares += values[i] * values[i];
      const float factor = 1 / std::sqrt(squares / width + epsilon);
      inverse[row] = factor;
#pragma GCC ivdep
      for (int64_t i = 0; i < width; i++) results[i] = values[i] * factor * scale.data[i];
    }
  });
}

constexpr int64_t BLOCK = 64;  // rows summed in float before they are added in double

void RmsNormGrad(Call& call) {
  const auto dy = call.input(0);
  const Shape each = byRow(call, dy.shape);
  const auto x = call.input(1, dy.shape);
  const int64_t width = dy.last(), rows = dy.rows();
  const auto scale = call.input(2, {width});
  const auto inverse = call.input(3, each);
  float* dx = call.output(0, dy.shape, {0, 1});
  float* dscale = call.output(1, {width});

  const int64_t grain = rowGrain(width);
  std::vector<std::vector<double>> parts(call.parts(rows, grain), std::vector<double>(width, 0.0));
  call.parallel(rows, grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> floats(width);
    float* scales = floats.data();
    for (int64_t first = begin; first < end; first += BLOCK) {
      std::fill(floats.begin(), floats.end(), 0.0f);
      for (int64_t row = first; row < std::min(end, first + BLOCK); row++) {
        const float* values = x.data + row * width;
        const float* slopes = dy.data + row * width;
        float* results = dx + row * width;
        const float factor = inverse.data[row];
        float along = 0;
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++) {
          const float product = slopes[i] * values[i] * factor;
          along += product * scale.data[i];
          scales[i] += product;
        }
        along *= factor * factor / width;
#pragma GCC ivdep
        for (int64_t i = 0; i < width; i++) results[i] = factor * slopes[i] * scale.data[i] - values[i] * along;
      }
      for (int64_t i = 0; i < width; i++) parts[part][i] += scales[i];
    }
  });
  for (int64_t i = 0; i < width; i++) {
    double sum = 0;
    for (const auto& scales : parts) sum += scales[i];
    dscale[i] = sum;
  }
}

const Kernel norm{"FoveaRmsNorm",
                  {"x: float", "scale: float"},
                  {"y: float", "inverse: float"},
                  {"epsilon: float"},
                  [](Shapes& shapes) {
                    shapes.set(0, {{0}});
                    shapes.set(1, {{0, 0, -1}, axisOf(1)});
                  },
                  RmsNorm};
const Registered<norm> registeredNorm;

const Kernel normGrad{"FoveaRmsNormGrad",
                      {"dy: float", "x: float", "scale: float", "inverse: float"},
                      {"dx: float", "dscale: float"},
                      {},
                      [](Shapes& shapes) {
                        shapes.set(0, {{0}});
                        shapes.set(1, {{2}});
                      },
                      RmsNormGrad};
const Registered<normGrad> registeredNormGrad;

}  // namespace
}  // namespace fovea
