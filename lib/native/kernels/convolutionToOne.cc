// Convolution of a few planes to one, stride 1, a square filter of odd size and as much padding as keeps the image: CBAM's 7 x 7
// over mean and maximum. TensorFlow's kernels, made for many channels, take ten times as long for it.
//
//   y[i, j] = sum over u, v, p of x[i + u - margin, j + v - margin, p] W[u, v, p]
//
// Each image is laid out by planes with zeros around it, rows a whole number of vectors, so that every term is a vector times a
// number. Both gradients are sums of the same kind: by the image with the filter turned by half, by the filter over the image.
#include <algorithm>

#include "vectors.h"

namespace fovea {
namespace {

struct Sizes {
  Sizes(const Shape& image, const Shape& filter) : images(image[0]), height(image[1]), width(image[2]), planes(filter[2]), kernel(filter[0]) {
    margin = (kernel - 1) / 2;
    across = (width + VECTOR - 1) / VECTOR * VECTOR;
    row = across + 2 * margin;
    plane = (height + 2 * margin) * row;
    grain = std::max<int64_t>(1, (1 << 12) / std::max<int64_t>(1, height * width * planes));
  }
  /** Of a layout with zeros around it; the loads of the last row may reach a vector further. */
  int64_t padded(int64_t count) const { return count * plane + VECTOR; }
  int64_t images, height, width, planes, kernel, margin, across, row, plane, grain;
};

Sizes sizesOf(Call& call, const Shape& image, const Shape& filter) {
  if (image.size() != 4 || filter.size() != 4 || filter[0] != filter[1] || filter[0] % 2 == 0 || filter[3] != 1)
    call.fail("images b h w planes and an odd filter k k planes 1", text(image) + " and " + text(filter));
  return Sizes(image, filter);
}

/** 'h w planes' by planes, zeros around each. */
void layOut(const Sizes& size, const float* image, int64_t planes, float* out) {
  std::fill(out, out + size.padded(planes), 0.0f);
  for (int64_t p = 0; p < planes; p++) {
    for (int64_t i = 0; i < size.height; i++) {
      float* row = out + p * size.plane + (i + size.margin) * size.row + size.margin;
      for (int64_t j = 0; j < size.width; j++) row[j] = image[(i * size.width + j) * planes + p];
    }
  }
}

/** Two vectors of outputs at (i, j) and (i + 1, j): the sum over `planes` of a padded layout times the filter, (plane, u, v). */
template <typename Store>
void convolveRows(const Sizes& size, const float* padded, int64_t planes, const float* filter, const Store& put) {
  for (int64_t i = 0; i < size.height; i += 2) {
    const int64_t below = i + 1 < size.height ? size.row : 0;
    for (int64_t j = 0; j < size.across; j += VECTOR) {
      Vector upper{}, lower{};
      for (int64_t p = 0; p < planes; p++) {
        for (int64_t u = 0; u < size.kernel; u++) {
          const float* row = padded + p * size.plane + (i + u) * size.row + j;
          const float* weights = filter + (p * size.kernel + u) * size.kernel;
          for (int64_t v = 0; v < size.kernel; v++) {
            upper += load(row + v) * weights[v];
            lower += load(row + below + v) * weights[v];
          }
        }
      }
      put(i, j, upper);
      if (below > 0) put(i + 1, j, lower);
    }
  }
}

void Convolve(Call& call) {
  const auto x = call.input(0);
  const auto filter = call.input(1);
  const Sizes size = sizesOf(call, x.shape, filter.shape);
  const int64_t area = size.kernel * size.kernel;
  if (x.last() != size.planes) call.fail("as many planes as the filter", text(x.shape));
  float* y = call.output(0, {size.images, size.height, size.width, 1});
  std::vector<float> weights(filter.size);
  for (int64_t i = 0; i < filter.size; i++) weights[i % size.planes * area + i / size.planes] = filter.data[i];
  call.parallel(size.images, size.grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> padded(size.padded(size.planes));
    for (int64_t b = begin; b < end; b++) {
      layOut(size, x.data + b * size.height * size.width * size.planes, size.planes, padded.data());
      float* out = y + b * size.height * size.width;
      convolveRows(size, padded.data(), size.planes, weights.data(), [&](int64_t i, int64_t j, Vector sum) {
        for (int64_t lane = 0; lane < std::min(VECTOR, size.width - j); lane++) out[i * size.width + j + lane] = sum[lane];
      });
    }
  });
}
const Kernel convolve{"FoveaConvolveToOne",
                      {"x: float", "filter: float"},
                      {"y: float"},
                      {},
                      [](Shapes& shapes) { shapes.set(0, {{0, 0, 3}, axisOf(1)}); },
                      Convolve};
const Registered<convolve> registeredConvolve;

void ConvolveInputGrad(Call& call) {
  const auto dy = call.input(0);
  const auto filter = call.input(1);
  const Sizes size = sizesOf(call, dy.shape, filter.shape);
  const int64_t area = size.kernel * size.kernel;
  float* dx = call.output(0, {size.images, size.height, size.width, size.planes});
  std::vector<float> turned(filter.size);  // by half, (plane, u, v)
  for (int64_t i = 0; i < filter.size; i++) turned[i % size.planes * area + area - 1 - i / size.planes] = filter.data[i];
  call.parallel(size.images, size.grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> padded(size.padded(1));
    for (int64_t b = begin; b < end; b++) {
      layOut(size, dy.data + b * size.height * size.width, 1, padded.data());
      float* out = dx + b * size.height * size.width * size.planes;
      for (int64_t p = 0; p < size.planes; p++) {
        convolveRows(size, padded.data(), 1, turned.data() + p * area, [&](int64_t i, int64_t j, Vector sum) {
          for (int64_t lane = 0; lane < std::min(VECTOR, size.width - j); lane++)
            out[(i * size.width + j + lane) * size.planes + p] = sum[lane];
        });
      }
    }
  });
}
const Kernel convolveInputGrad{"FoveaConvolveToOneInputGrad",
                               {"dy: float", "filter: float"},
                               {"dx: float"},
                               {},
                               [](Shapes& shapes) { shapes.set(0, {{0, 0, 3}, {1, 2, 3}}); },
                               ConvolveInputGrad};
const Registered<convolveInputGrad> registeredConvolveInputGrad;

/** Adds to `sums` (plane, u, v) the products of the gradient with the image moved by (u, v). */
template <int KERNEL>
void addProducts(const Sizes& size, const float* image, const float* slopes, double* sums) {
  const int64_t kernel = KERNEL > 0 ? KERNEL : size.kernel;
  constexpr int ATONCE = KERNEL > 0 ? KERNEL : 1;
  for (int64_t p = 0; p < size.planes; p++) {
    for (int64_t u = 0; u < kernel; u++) {
      for (int64_t v = 0; v < kernel; v += ATONCE) {
        Vector products[ATONCE]{};
        for (int64_t i = 0; i < size.height; i++) {
          const float* slope = slopes + (i + size.margin) * size.row + size.margin;
          const float* row = image + p * size.plane + (i + u) * size.row + v;
          for (int64_t j = 0; j < size.across; j += VECTOR) {
            const Vector d = load(slope + j);
            for (int at = 0; at < ATONCE; at++) products[at] += load(row + j + at) * d;
          }
        }
        for (int at = 0; at < ATONCE; at++) sums[(p * kernel + u) * kernel + v + at] += total(products[at]);
      }
    }
  }
}

void ConvolveFilterGrad(Call& call) {
  const auto x = call.input(0);
  const auto dy = call.input(1);
  const auto filter = call.input(2);
  const Sizes size = sizesOf(call, x.shape, filter.shape);
  if (x.last() != size.planes) call.fail("as many planes as the filter", text(x.shape));
  if (dy.shape != Shape{size.images, size.height, size.width, 1}) call.fail("a gradient b h w 1", text(dy.shape));
  const int64_t area = size.kernel * size.kernel;
  float* dfilter = call.output(0, filter.shape);
  std::vector<std::vector<double>> sums(call.parts(size.images, size.grain), std::vector<double>(filter.size, 0.0));
  call.parallel(size.images, size.grain, [&](int part, int64_t begin, int64_t end) {
    std::vector<float> image(size.padded(size.planes)), slopes(size.padded(1));
    for (int64_t b = begin; b < end; b++) {
      layOut(size, x.data + b * size.height * size.width * size.planes, size.planes, image.data());
      layOut(size, dy.data + b * size.height * size.width, 1, slopes.data());
      const auto add = size.kernel == 7 ? addProducts<7> : size.kernel == 3 ? addProducts<3> : addProducts<0>;
      add(size, image.data(), slopes.data(), sums[part].data());
    }
  });
  for (int64_t i = 0; i < filter.size; i++) {
    double sum = 0;
    for (const auto& part : sums) sum += part[i % size.planes * area + i / size.planes];
    dfilter[i] = sum;
  }
}
const Kernel convolveFilterGrad{"FoveaConvolveToOneFilterGrad",
                                {"x: float", "dy: float", "filter: float"},
                                {"dfilter: float"},
                                {},
                                [](Shapes& shapes) { shapes.set(0, {{2}}); },
                                ConvolveFilterGrad};
const Registered<convolveFilterGrad> registeredConvolveFilterGrad;

}  // namespace
}  // namespace fovea
