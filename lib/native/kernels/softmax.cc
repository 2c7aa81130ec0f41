// The gradient of a softmax along the last axis, in one pass: dx = y (dy - sum(dy y)).
#include "kernel.h"

namespace fovea {
namespace {

void SoftmaxGrad(Call& call) {
  const auto dy = call.input(0);
  const auto y = call.input(1, dy.shape);
  float* dx = call.output(0, dy.shape, {0, 1});
  const int64_t length = dy.last();
  call.parallel(dy.rows(), std::max<int64_t>(1, (1 << 13) / std::max<int64_t>(1, length)), [=](int, int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; row++) {
      const float *slopes = dy.data + row * length, *shares = y.data + row * length;
      float* out = dx + row * length;
      float along = 0;
#pragma GCC ivdep
      for (int64_t i = 0; i < length; i++) along += slopes[i] * shares[i];
#pragma GCC ivdep
      for (int64_t i = 0; i < length; i++) out[i] = shares[i] * (slopes[i] - along);
    }
  });
}

const Kernel softmaxGrad{"FoveaSoftmaxGrad", {"dy: float", "y: float"}, {"dx: float"}, {}, [](Shapes& shapes) { shapes.set(0, {{0}}); }, SoftmaxGrad};
const Registered<softmaxGrad> registeredSoftmaxGrad;

}  // namespace
}  // namespace fovea
