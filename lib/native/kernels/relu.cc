// Relu with an addition before it, and its gradient, in one pass each.
#include "kernel.h"

namespace fovea {
namespace {

constexpr int64_t GRAIN = 1 << 14;

// y = max(x + residual, 0); NaN stays NaN
void AddRelu(Call& call) {
  const auto x = call.input(0);
  const auto residual = call.input(1, x.shape);
  float* y = call.output(0, x.shape, {0, 1});
  call.parallel(x.size, GRAIN, [=](int, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      const float sum = x.data[i] + residual.data[i];
      y[i] = sum < 0 ? 0 : sum;
    }
  });
}
const Kernel addRelu{"FoveaAddRelu",
                     {"x: float", "residual: float"},
                     {"y: float"},
                     {},
                     [](Shapes& shapes) { shapes.set(0, {{0}}); },
                     AddRelu};
const Registered<addRelu> registeredAddRelu;

}  // namespace
}  // namespace fovea
