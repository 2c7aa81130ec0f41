// GELU, exact and by a hyperbolic tangent, and its gradient, in one pass each.
#include "kernel.h"
#include "maths.h"

namespace fovea {
namespace {

constexpr int64_t GRAIN = 1 << 12;
constexpr float ROOT_HALF = 0.707106781f;
constexpr float DENSITY = 0.398942280f;  // of the normal distribution at 0
constexpr float SLOPE = 1.595769122f;    // 2 sqrt(2 / pi)
constexpr float CUBIC = 0.044715f;

/** The share of x that passes, and its slope; (1 + tanh(u)) / 2 = 1 / (1 + e^-2u). */
struct Exact {
  static float share(float x) { return 0.5f + 0.5f * errorFunction(x * ROOT_HALF); }
  static float slope(float x, float) { return DENSITY * exponential(-0.5f * x * x); }
};
struct Tanh {
  static float share(float x) { return 1 / (1 + exponential(-SLOPE * x * (1 + CUBIC * x * x))); }
  static float slope(float x, float share) { return share * (1 - share) * SLOPE * (1 + 3 * CUBIC * x * x); }
};

template <typename Kind>
void value(Call& call) {
  const auto x = call.input(0);
  float* y = call.output(0, x.shape, {0});
  call.parallel(x.size, GRAIN, [=](int, int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) y[i] = x.data[i] * Kind::share(x.data[i]);
  });
}

template <typename Kind>
void gradient(Call& call) {
  const auto dy = call.input(0);
  const auto x = call.input(1, dy.shape);
  float* dx = call.output(0, dy.shape, {0, 1});
  call.parallel(x.size, GRAIN, [=](int, int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) {
      const float share = Kind::share(x.data[i]);
      dx[i] = dy.data[i] * (share + x.data[i] * Kind::slope(x.data[i], share));
    }
  });
}

void asFirst(Shapes& shapes) { shapes.set(0, {{0}}); }

const Kernel gelu{"FoveaGelu", {"x: float"}, {"y: float"}, {"tanh: bool"}, asFirst, [](Call& call) {
                    call.attribute("tanh") != 0 ? value<Tanh>(call) : value<Exact>(call);
                  }};
const Registered<gelu> registeredGelu;

const Kernel geluGrad{"FoveaGeluGrad", {"dy: float", "x: float"}, {"dx: float"}, {"tanh: bool"}, asFirst, [](Call& call) {
                        call.attribute("tanh") != 0 ? gradient<Tanh>(call) : gradient<Exact>(call);
                      }};
const Registered<geluGrad> registeredGeluGrad;

}  // namespace
}  // namespace fovea
