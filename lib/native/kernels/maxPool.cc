// Gradient of the largest value in each window: to the first of equal ones, rows before columns; a NaN is the largest, as in PyTorch.
// TensorFlow's takes twenty times as long as the pooling itself, and has no dilation.
#include <algorithm>
#include <limits>

#include "lanes.h"

namespace fovea {
namespace {

constexpr int64_t ATONCE = 128;  // channels

void MaxPoolGrad(Call& call) {
  const auto dy = call.input(0);
  const auto x = call.input(1);
  if (x.shape.size() != 4 || dy.shape.size() != 4 || x.shape[0] != dy.shape[0] || x.last() != dy.last())
    call.fail("images and slopes of as many images and channels", text(x.shape) + " and " + text(dy.shape));
  const auto whole = [&](const char* name) { return static_cast<int64_t>(call.attribute(name)); };
  const int64_t kh = whole("kernelDown"), kw = whole("kernelAcross"), down = whole("strideDown"), across = whole("strideAcross");
  const int64_t dilationDown = whole("dilationDown"), dilationAcross = whole("dilationAcross"), top = whole("top"), left = whole("left");
  const int64_t images = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.last(), rows = dy.shape[1], columns = dy.shape[2];
  float* dx = call.output(0, x.shape);
  const int64_t grain = std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, h * w * c));
  call.parallel(images, grain, [&](int, int64_t begin, int64_t end) {
    float largest[ATONCE];
    int32_t place[ATONCE];
    for (int64_t b = begin; b < end; b++) {
      const float* image = x.data + b * h * w * c;
      float* gradient = dx + b * h * w * c;
      std::fill(gradient, gradient + h * w * c, 0.0f);
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t j = 0; j < columns; j++) {
          const float* slope = dy.data + ((b * rows + i) * columns + j) * c;
          for (int64_t from = 0; from < c; from += ATONCE) {
            const int64_t count = std::min(ATONCE, c - from);
            std::fill(largest, largest + count, -std::numeric_limits<float>::infinity());
            std::fill(place, place + count, -1);
            for (int64_t u = 0; u < kh; u++) {
              const int64_t row = i * down + u * dilationDown - top;
              if (row < 0 || row >= h) continue;
              for (int64_t v = 0; v < kw; v++) {
                const int64_t column = j * across + v * dilationAcross - left;
                if (column < 0 || column >= w) continue;
                const int32_t here = row * w + column;
                const float* values = image + here * c + from;
                for (int64_t k = 0; k < count; k++) {
                  const bool taken = values[k] > largest[k] || values[k] != values[k] || place[k] < 0;
                  largest[k] = taken ? values[k] : largest[k];
                  place[k] = taken ? here : place[k];
                }
              }
            }
            for (int64_t k = 0; k < count; k++)
              if (place[k] >= 0) gradient[place[k] * c + from + k] += slope[from + k];
          }
        }
      }
    }
  });
}
const Kernel maxPoolGrad{"FoveaMaxPoolGrad",
                         {"dy: float", "x: float"},
                         {"dx: float"},
                         {"kernelDown: int", "kernelAcross: int", "strideDown: int", "strideAcross: int", "dilationDown: int",
                          "dilationAcross: int", "top: int", "left: int"},
                         [](Shapes& shapes) { shapes.set(0, {{1}}); },
                         MaxPoolGrad};
const Registered<maxPoolGrad> registeredMaxPoolGrad;

}  // namespace
}  // namespace fovea
