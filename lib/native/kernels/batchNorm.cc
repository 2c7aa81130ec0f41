// Batch norm while training over all axes but the last, with the relu and the residual sum that follow it:
//
//   y = relu(scale (x - mean) / sqrt(variance + epsilon) + shift + residual)
//
// Two passes over memory: one for mean and variance, one for y. The gradient has two as well: it computes the sign before the relu
// anew from x rather than to read y, but where a residual was added.
#include <cmath>

#include "lanes.h"

namespace fovea {
namespace {

// NaN stays NaN, here and in the gradient
inline float rectified(float value) { return value < 0 ? 0 : value; }
inline float passing(float slope, float value) { return value <= 0 ? 0 : slope; }

/** y = factor x + offset, by channel. */
struct Line {
  Line(const Lanes& lanes, const float* scale, const float* shift, const float* mean, const float* inverse) {
    std::vector<float> slopes(lanes.channels), offsets(lanes.channels);
    for (int64_t channel = 0; channel < lanes.channels; channel++) {
      slopes[channel] = scale[channel] * inverse[channel];
      offsets[channel] = shift[channel] - mean[channel] * slopes[channel];
    }
    factor = lanes.spread(slopes.data());
    offset = lanes.spread(offsets.data());
  }
  std::vector<float> factor, offset;
};

template <bool residual>
void BatchNorm(Call& call) {
  const auto x = call.input(0);
  const int64_t channels = x.last();
  const int64_t rows = x.rows();
  const Lanes lanes(channels);
  const auto scale = call.input(1, {channels});
  const auto shift = call.input(2, {channels});
  const float* added = residual ? call.input(3, x.shape).data : nullptr;
  const bool relu = call.attribute("relu") != 0;
  const double epsilon = call.attribute("epsilon");
  float* y = residual ? call.output(0, x.shape, {3, 0}) : call.output(0, x.shape, {0});
  float* mean = call.output(1, {channels});
  float* variance = call.output(2, {channels});
  float* inverse = call.output(3, {channels});
  if (rows == 0) call.fail("at least one row to take the mean of", "none");

  const float* values = x.data;
  const std::vector<float> first = lanes.spread(values);  // sums are of differences from the first row, against cancellation
  const float* origin = first.data();
  const Sums sums = sumRows(call, lanes, rows, [=](int64_t i, int64_t lane) {
    const float difference = values[i] - origin[lane];
    return Pair{difference, difference * difference};
  });
  for (int64_t channel = 0; channel < channels; channel++) {
    const double shifted = sums.first[channel] / rows;
    const double square = sums.second[channel] / rows - shifted * shifted;
    const double biased = square < 0 ? 0 : square;
    mean[channel] = shifted + first[channel];
    variance[channel] = biased * rows / std::max<int64_t>(1, rows - 1);
    inverse[channel] = 1 / std::sqrt(biased + epsilon);
  }

  const Line line(lanes, scale.data, shift.data, mean, inverse);
  const float* factor = line.factor.data();
  const float* offset = line.offset.data();
  const auto normalised = [=](int64_t i, int64_t lane) {
    const float value = values[i] * factor[lane] + offset[lane];
    return residual ? value + added[i] : value;
  };
  if (relu) {
    eachRow(call, lanes, rows, [=](int64_t i, int64_t lane) { y[i] = rectified(normalised(i, lane)); });
  } else {
    eachRow(call, lanes, rows, [=](int64_t i, int64_t lane) { y[i] = normalised(i, lane); });
  }
}

/** dx from the gradient behind the relu, `passed(i, lane)`, and its two sums: with x as it is and times x - mean. */
template <typename Passed>
void finish(Call& call, const Lanes& lanes, int64_t rows, const Sums& sums, const float* x, const float* scale, const float* mean,
            const float* inverse, float* dx, float* dscale, float* dshift, const Passed& passed) {
  // dx = scale inverse (d - mean(d) - (x - mean) inverse^2 mean(d (x - mean))) = a d + b x + c
  std::vector<float> a(lanes.channels), b(lanes.channels), c(lanes.channels);
  for (int64_t channel = 0; channel < lanes.channels; channel++) {
    const double factor = static_cast<double>(scale[channel]) * inverse[channel];
    const double along = -factor * inverse[channel] * inverse[channel] * sums.second[channel] / rows;
    dshift[channel] = sums.first[channel];
    dscale[channel] = sums.second[channel] * inverse[channel];
    a[channel] = factor;
    b[channel] = along;
    c[channel] = -factor * sums.first[channel] / rows;
  }
  const std::vector<float> as = lanes.spread(a.data()), bs = lanes.spread(b.data()), cs = lanes.spread(c.data());
  const std::vector<float> means = lanes.spread(mean);
  const float *slope = as.data(), *along = bs.data(), *constant = cs.data(), *centre = means.data();
  eachRow(call, lanes, rows, [=](int64_t i, int64_t lane) {
    dx[i] = slope[lane] * passed(i, lane) + along[lane] * (x[i] - centre[lane]) + constant[lane];
  });
}

void BatchNormGrad(Call& call) {
  const auto dy = call.input(0);
  const int64_t channels = dy.last();
  const int64_t rows = dy.rows();
  const Lanes lanes(channels);
  const auto x = call.input(1, dy.shape);
  const auto scale = call.input(2, {channels});
  const auto shift = call.input(3, {channels});
  const auto mean = call.input(4, {channels});
  const auto inverse = call.input(5, {channels});
  const bool relu = call.attribute("relu") != 0;
  float* dx = call.output(0, dy.shape, {0, 1});
  float* dscale = call.output(1, {channels});
  float* dshift = call.output(2, {channels});

  const Line line(lanes, scale.data, shift.data, mean.data, inverse.data);
  const std::vector<float> means = lanes.spread(mean.data);
  const float *factor = line.factor.data(), *offset = line.offset.data(), *centre = means.data();
  const float *values = x.data, *slopes = dy.data;
  const auto run = [&](const auto& passed) {
    const Sums sums = sumRows(call, lanes, rows, [=](int64_t i, int64_t lane) {
      const float d = passed(i, lane);
      return Pair{d, d * (values[i] - centre[lane])};
    });
    finish(call, lanes, rows, sums, values, scale.data, mean.data, inverse.data, dx, dscale, dshift, passed);
  };
  if (relu) {
    run([=](int64_t i, int64_t lane) { return passing(slopes[i], values[i] * factor[lane] + offset[lane]); });
  } else {
    run([=](int64_t i, int64_t) { return slopes[i]; });
  }
}

void BatchNormAddReluGrad(Call& call) {
  const auto dy = call.input(0);
  const int64_t channels = dy.last();
  const int64_t rows = dy.rows();
  const Lanes lanes(channels);
  const auto x = call.input(1, dy.shape);
  const auto y = call.input(2, dy.shape);
  const auto scale = call.input(3, {channels});
  const auto mean = call.input(4, {channels});
  const auto inverse = call.input(5, {channels});
  float* dresidual = call.output(3, dy.shape, {0, 2});
  float* dx = call.output(0, dy.shape, {1});
  float* dscale = call.output(1, {channels});
  float* dshift = call.output(2, {channels});

  const std::vector<float> means = lanes.spread(mean.data);
  const float* centre = means.data();
  const float *values = x.data, *slopes = dy.data, *outputs = y.data;
  const Sums sums = sumRows(call, lanes, rows, [=](int64_t i, int64_t lane) {
    const float d = passing(slopes[i], outputs[i]);
    dresidual[i] = d;
    return Pair{d, d * (values[i] - centre[lane])};
  });
  finish(call, lanes, rows, sums, values, scale.data, mean.data, inverse.data, dx, dscale, dshift,
         [=](int64_t i, int64_t) { return dresidual[i]; });
}

void shapes(Shapes& shapes) {
  shapes.set(0, {{0}});
  for (const int output : {1, 2, 3}) shapes.set(output, {{1}});
}

const Kernel norm{"FoveaBatchNorm",
                  {"x: float", "scale: float", "shift: float"},
                  {"y: float", "mean: float", "variance: float", "inverse: float"},
                  {"epsilon: float", "relu: bool"},
                  shapes,
                  BatchNorm<false>};
const Registered<norm> registeredNorm;

const Kernel normAdd{"FoveaBatchNormAdd",
                     {"x: float", "scale: float", "shift: float", "residual: float"},
                     {"y: float", "mean: float", "variance: float", "inverse: float"},
                     {"epsilon: float", "relu: bool"},
                     shapes,
                     BatchNorm<true>};
const Registered<normAdd> registeredNormAdd;

const Kernel normGrad{"FoveaBatchNormGrad",
                      {"dy: float", "x: float", "scale: float", "shift: float", "mean: float", "inverse: float"},
                      {"dx: float", "dscale: float", "dshift: float"},
                      {"relu: bool"},
                      [](Shapes& shapes) {
                        shapes.set(0, {{0}});
                        shapes.set(1, {{2}});
                        shapes.set(2, {{2}});
                      },
                      BatchNormGrad};
const Registered<normGrad> registeredNormGrad;

const Kernel normAddReluGrad{"FoveaBatchNormAddReluGrad",
                             {"dy: float", "x: float", "y: float", "scale: float", "mean: float", "inverse: float"},
                             {"dx: float", "dscale: float", "dshift: float", "dresidual: float"},
                             {},
                             [](Shapes& shapes) {
                               shapes.set(0, {{0}});
                               shapes.set(1, {{3}});
                               shapes.set(2, {{3}});
                               shapes.set(3, {{0}});
                             },
                             BatchNormAddReluGrad};
const Registered<normAddReluGrad> registeredNormAddReluGrad;

}  // namespace
}  // namespace fovea
