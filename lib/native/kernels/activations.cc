// Activations that TensorFlow has no kernels for, and their gradients, in one pass each. NaN stays NaN.
#include "kernel.h"
#include "maths.h"

namespace fovea {
namespace {

constexpr int64_t GRAIN = 1 << 13;

/** x / (1 + e^-x) */
struct Silu {
  static float share(float x) { return 1 / (1 + exponential(-x)); }
  static float value(float x) { return x * share(x); }
  static float slope(float x) {
    const float passing = share(x);
    return passing * (1 + x * (1 - passing));
  }
};

/** x min(max(x + 3, 0), 6) / 6 */
struct HardSwish {
  static float value(float x) {
    const float moved = x + 3;
    return x * (moved < 0 ? 0 : moved > 6 ? 6 : moved) * (1 / 6.f);
  }
  static float slope(float x) { return x <= -3 ? 0 : x >= 3 ? 1 : x * (1 / 3.f) + 0.5f; }
};

/** min(max(x + 3, 0), 6) / 6 */
struct HardSigmoid {
  static float value(float x) {
    const float moved = x + 3;
    return (moved < 0 ? 0 : moved > 6 ? 6 : moved) * (1 / 6.f);
  }
  static float slope(float x) { return x <= -3 || x >= 3 ? 0 : 1 / 6.f; }
};

template <typename Kind>
void Value(Call& call) {
  const auto x = call.input(0);
  float* y = call.output(0, x.shape, {0});
  call.parallel(x.size, GRAIN, [=](int, int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) y[i] = Kind::value(x.data[i]);
  });
}

template <typename Kind>
void Gradient(Call& call) {
  const auto dy = call.input(0);
  const auto x = call.input(1, dy.shape);
  float* dx = call.output(0, dy.shape, {0, 1});
  call.parallel(x.size, GRAIN, [=](int, int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) dx[i] = dy.data[i] * Kind::slope(x.data[i]);
  });
}

void asFirst(Shapes& shapes) { shapes.set(0, {{0}}); }

const Kernel silu{"FoveaSilu", {"x: float"}, {"y: float"}, {}, asFirst, Value<Silu>};
const Registered<silu> registeredSilu;
const Kernel siluGrad{"FoveaSiluGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, asFirst, Gradient<Silu>};
const Registered<siluGrad> registeredSiluGrad;

const Kernel hardSwish{"FoveaHardSwish", {"x: float"}, {"y: float"}, {}, asFirst, Value<HardSwish>};
const Registered<hardSwish> registeredHardSwish;
const Kernel hardSwishGrad{"FoveaHardSwishGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, asFirst, Gradient<HardSwish>};
const Registered<hardSwishGrad> registeredHardSwishGrad;

const Kernel hardSigmoid{"FoveaHardSigmoid", {"x: float"}, {"y: float"}, {}, asFirst, Value<HardSigmoid>};
const Registered<hardSigmoid> registeredHardSigmoid;
const Kernel hardSigmoidGrad{"FoveaHardSigmoidGrad", {"dy: float", "x: float"}, {"dx: float"}, {}, asFirst, Gradient<HardSigmoid>};
const Registered<hardSigmoidGrad> registeredHardSigmoidGrad;

}  // namespace
}  // namespace fovea
