// A step of Adam for one leaf: both moments and the parameters in one pass.
#include <cmath>

#include "kernel.h"

namespace fovea {
namespace {

// p, g, mean, square; size = rate / (1 - beta1^t) and unbias = sqrt(1 - beta2^t) are scalars
void Adam(Call& call) {
  const auto p = call.input(0);
  const auto g = call.input(1, p.shape), mean = call.input(2, p.shape), square = call.input(3, p.shape);
  const float size = call.input(4, {}).data[0], unbias = call.input(5, {}).data[0];
  const float beta1 = call.attribute("beta1"), beta2 = call.attribute("beta2"), epsilon = call.attribute("epsilon");
  const float rest1 = call.attribute("rest1"), rest2 = call.attribute("rest2");
  float* nextP = call.output(0, p.shape, {0});
  float* nextMean = call.output(1, p.shape, {2});
  float* nextSquare = call.output(2, p.shape, {3});
  call.parallel(p.size, 1 << 14, [=](int, int64_t begin, int64_t end) {
#pragma GCC ivdep
    for (int64_t i = begin; i < end; i++) {
      const float slope = g.data[i];
      const float first = mean.data[i] * beta1 + slope * rest1;
      const float second = square.data[i] * beta2 + slope * slope * rest2;
      nextMean[i] = first;
      nextSquare[i] = second;
      nextP[i] = p.data[i] - first * size / (std::sqrt(second) / unbias + epsilon);
    }
  });
}

const Kernel adam{"FoveaAdam",
                  {"p: float", "g: float", "mean: float", "square: float", "size: float", "unbias: float"},
                  {"next_p: float", "next_mean: float", "next_square: float"},
                  {"beta1: float", "beta2: float", "rest1: float", "rest2: float", "epsilon: float"},
                  [](Shapes& shapes) {
                    for (const int output : {0, 1, 2}) shapes.set(output, {{0}});
                  },
                  Adam};
const Registered<adam> registered;

}  // namespace
}  // namespace fovea
