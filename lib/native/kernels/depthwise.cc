// Depthwise convolution, one filter a channel, and its gradients:
//
//   y[b, i, j, c] = sum over u, v of x[b, i s + u d - top, j s + v d - left, c] W[u, v, c]
//
// The value and the gradient by the image, the same with the filter turned by half, for stride 1 and images that keep their size;
// the gradient by the filter for any. TensorFlow takes ten times as long for the last with a 7 x 7 filter as for the value, and
// for a dilation in all three. Each image is laid out with its padding and with channels up to a whole number of vectors.
#include <algorithm>

#include "vectors.h"

namespace fovea {
namespace {

constexpr int ATONCE = 8;  // places of a filter's row in registers

struct Windows {
  explicit Windows(Call& call)
      : down(call.attribute("strideDown")),
        across(call.attribute("strideAcross")),
        dilationDown(call.attribute("dilationDown")),
        dilationAcross(call.attribute("dilationAcross")),
        top(call.attribute("top")),
        left(call.attribute("left")) {}
  int64_t down, across, dilationDown, dilationAcross, top, left;
};

/** 'h w c' at (top, left) of zeros 'height width lanes'. */
void layOut(const float* image, int64_t h, int64_t w, int64_t c, int64_t top, int64_t left, int64_t height, int64_t width, int64_t lanes,
            float* out) {
  std::fill(out, out + height * width * lanes, 0.0f);
  const int64_t last = std::min(h, height - top), right = std::min(w, width - left);
  for (int64_t i = 0; i < last; i++)
    for (int64_t j = 0; j < right; j++)
      std::copy_n(image + (i * w + j) * c, c, out + ((i + top) * width + j + left) * lanes);
}

/** Adds what one row of positions gives to COUNT places of a row of the filter, for sixteen channels. */
template <int COUNT>
void addRow(const float* x, int64_t step, int64_t apart, const float* dy, int64_t lanes, int64_t positions, float* sums) {
  Vector all[COUNT]{};
  for (int64_t j = 0; j < positions; j++) {
    const Vector slope = load(dy + j * lanes);
    for (int v = 0; v < COUNT; v++) all[v] += load(x + j * step + v * apart) * slope;
  }
  for (int v = 0; v < COUNT; v++) store(sums + v * lanes, load(sums + v * lanes) + all[v]);
}
using AddRow = decltype(&addRow<1>);
constexpr AddRow addRows[ATONCE] = {addRow<1>, addRow<2>, addRow<3>, addRow<4>, addRow<5>, addRow<6>, addRow<7>, addRow<8>};

/** COUNT neighbours of a row, for sixteen channels: each weight is loaded once for all of them. */
template <int COUNT>
void sumWindow(const float* x, int64_t row, int64_t apart, const float* filter, int64_t kh, int64_t kw, int64_t lanes, Vector* sums) {
  Vector all[COUNT]{};
  for (int64_t u = 0; u < kh; u++) {
    for (int64_t v = 0; v < kw; v++) {
      const Vector weight = load(filter + (u * kw + v) * lanes);
      const float* from = x + u * row + v * apart;
      for (int k = 0; k < COUNT; k++) all[k] += load(from + k * lanes) * weight;
    }
  }
  for (int k = 0; k < COUNT; k++) sums[k] = all[k];
}

constexpr int NEIGHBOURS = 8;
using SumWindow = decltype(&sumWindow<1>);
constexpr SumWindow sumWindows[NEIGHBOURS] = {sumWindow<1>, sumWindow<2>, sumWindow<3>, sumWindow<4>,
                                              sumWindow<5>, sumWindow<6>, sumWindow<7>, sumWindow<8>};

void Depthwise(Call& call) {
  const auto x = call.input(0);
  const auto filter = call.input(1);
  if (x.shape.size() != 4 || filter.shape.size() != 4 || filter.shape[2] != 1 || filter.last() != x.last())
    call.fail("images and a filter kh kw 1 channels of as many channels", text(x.shape) + " and " + text(filter.shape));
  const bool turned = call.attribute("turned");
  const int64_t images = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.last(), kh = filter.shape[0], kw = filter.shape[1];
  const int64_t dilationDown = call.attribute("dilationDown"), dilationAcross = call.attribute("dilationAcross");
  const int64_t top = call.attribute("top"), left = call.attribute("left");
  const int64_t lanes = (c + VECTOR - 1) / VECTOR * VECTOR;
  const int64_t height = h + (kh - 1) * dilationDown, width = w + (kw - 1) * dilationAcross;
  float* y = call.output(0, x.shape);
  std::vector<float> weights(kh * kw * lanes, 0.0f);
  for (int64_t place = 0; place < kh * kw; place++)
    std::copy_n(filter.data + (turned ? kh * kw - 1 - place : place) * c, c, weights.data() + place * lanes);
  const int64_t grain = std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, h * w * c * kh * kw));
  call.parallel(images, grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> padded(height * width * lanes);
    Vector sums[NEIGHBOURS];
    for (int64_t b = begin; b < end; b++) {
      layOut(x.data + b * h * w * c, h, w, c, top, left, height, width, lanes, padded.data());
      for (int64_t i = 0; i < h; i++) {
        for (int64_t lane = 0; lane < lanes; lane += VECTOR) {
          const float* row = padded.data() + i * width * lanes + lane;
          const int64_t some = std::min(VECTOR, c - lane);
          for (int64_t j = 0; j < w; j += NEIGHBOURS) {
            const int64_t count = std::min<int64_t>(NEIGHBOURS, w - j);
            sumWindows[count - 1](row + j * lanes, dilationDown * width * lanes, dilationAcross * lanes, weights.data() + lane, kh, kw, lanes, sums);
            for (int64_t k = 0; k < count; k++) {
              float* out = y + ((b * h + i) * w + j + k) * c + lane;
              if (some == VECTOR) store(out, sums[k]);
              else for (int64_t at = 0; at < some; at++) out[at] = sums[k][at];
            }
          }
        }
      }
    }
  });
}
const Kernel depthwise{"FoveaDepthwise",
                       {"x: float", "filter: float"},
                       {"y: float"},
                       {"dilationDown: int", "dilationAcross: int", "top: int", "left: int", "turned: bool"},
                       [](Shapes& shapes) { shapes.set(0, {{0}}); },
                       Depthwise};
const Registered<depthwise> registeredDepthwise;

void DepthwiseFilterGrad(Call& call) {
  const auto x = call.input(0);
  const auto dy = call.input(1);
  const auto like = call.input(2);
  if (x.shape.size() != 4 || dy.shape.size() != 4 || like.shape.size() != 4 || x.last() != dy.last() || like.shape[2] != 1 || like.last() != x.last())
    call.fail("images, slopes and a filter kh kw 1 channels of as many channels", text(x.shape) + ", " + text(dy.shape) + " and " + text(like.shape));
  const Windows windows(call);
  const int64_t images = x.shape[0], h = x.shape[1], w = x.shape[2], c = x.last();
  const int64_t rows = dy.shape[1], positions = dy.shape[2], kh = like.shape[0], kw = like.shape[1];
  const int64_t lanes = (c + VECTOR - 1) / VECTOR * VECTOR;
  const int64_t height = (rows - 1) * windows.down + (kh - 1) * windows.dilationDown + 1;
  const int64_t width = (positions - 1) * windows.across + (kw - 1) * windows.dilationAcross + 1;
  float* gradient = call.output(0, like.shape);
  const int64_t grain = std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, rows * positions * kh * kw * c / 64 + 1));
  std::vector<std::vector<double>> parts(call.parts(images, grain), std::vector<double>(kh * kw * lanes, 0.0));
  call.parallel(images, grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> padded(height * width * lanes), spaced(lanes == c ? 0 : rows * positions * lanes), sums(kh * kw * lanes);
    for (int64_t b = begin; b < end; b++) {
      layOut(x.data + b * h * w * c, h, w, c, windows.top, windows.left, height, width, lanes, padded.data());
      const float* slopes = dy.data + b * rows * positions * c;
      if (lanes != c) {
        layOut(slopes, rows, positions, c, 0, 0, rows, positions, lanes, spaced.data());
        slopes = spaced.data();
      }
      std::fill(sums.begin(), sums.end(), 0.0f);
      for (int64_t i = 0; i < rows; i++) {
        for (int64_t u = 0; u < kh; u++) {
          const float* row = padded.data() + (i * windows.down + u * windows.dilationDown) * width * lanes;
          for (int64_t lane = 0; lane < lanes; lane += VECTOR) {
            for (int64_t v = 0; v < kw; v += ATONCE) {
              addRows[std::min<int64_t>(ATONCE, kw - v) - 1](
                  row + v * windows.dilationAcross * lanes + lane, windows.across * lanes, windows.dilationAcross * lanes,
                  slopes + i * positions * lanes + lane, lanes, positions, sums.data() + (u * kw + v) * lanes + lane);
            }
          }
        }
      }
      for (int64_t at = 0; at < kh * kw * lanes; at++) parts[part][at] += sums[at];
    }
  });
  for (int64_t place = 0; place < kh * kw; place++) {
    for (int64_t channel = 0; channel < c; channel++) {
      double sum = 0;
      for (const auto& each : parts) sum += each[place * lanes + channel];
      gradient[place * c + channel] = sum;
    }
  }
}
const Kernel depthwiseFilterGrad{"FoveaDepthwiseFilterGrad",
                                 {"x: float", "dy: float", "like: float"},
                                 {"gradient: float"},
                                 {"strideDown: int", "strideAcross: int", "dilationDown: int", "dilationAcross: int", "top: int", "left: int"},
                                 [](Shapes& shapes) { shapes.set(0, {{2}}); },
                                 DepthwiseFilterGrad};
const Registered<depthwiseFilterGrad> registeredDepthwiseFilterGrad;

}  // namespace
}  // namespace fovea
