// Gates on images b h w c, as squeeze-and-excitation and CBAM have them, with the summaries that they are computed from: each in
// one pass over memory, the gradients too.
//
// Where several values are the largest, they share its gradient evenly; `share` is 1 / their number, kept for that.
#include "lanes.h"
#include "vectors.h"

namespace fovea {
namespace {

// NaN is larger than all, so that it shows
inline bool above(float value, float largest) { return value > largest || value != value; }

struct Image {
  Image(Call& call, int input) : x(call.input(input)) {
    if (x.shape.size() != 4) call.fail("an image b h w c", text(x.shape));
    images = x.shape[0];
    pixels = x.shape[1] * x.shape[2];
    channels = x.shape[3];
    size = pixels * channels;
    grain = std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, size));
  }
  Block<const float> x;
  int64_t images, pixels, channels, size, grain;
  Shape byChannel() const { return {x.shape[0], channels}; }
  Shape byPixel(int64_t planes) const { return {x.shape[0], x.shape[1], x.shape[2], planes}; }
};

// mean and largest over the pixels of each image
void GridSummary(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels, size = image.size;
  if (image.pixels == 0) call.fail("at least one pixel", text(image.x.shape));
  float* mean = call.output(0, image.byChannel());
  float* max = call.output(1, image.byChannel());
  float* share = call.output(2, image.byChannel());
  const Lanes lanes(channels);
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    const int64_t period = lanes.period;
    std::vector<float> state(3 * period);
    std::vector<double> sums(channels);
    float* __restrict sum = state.data();
    float* __restrict largest = sum + period;
    float* __restrict count = largest + period;
    for (int64_t b = begin; b < end; b++) {
      const float* x = image.x.data + b * size;
      std::fill(sums.begin(), sums.end(), 0.0);
      const auto flush = [&] {
        for (int64_t lane = 0; lane < period; lane++) {
          sums[lane % channels] += sum[lane];
          sum[lane] = 0;
        }
      };
      for (int64_t lane = 0; lane < period; lane++) {
        sum[lane] = 0;
        largest[lane] = x[lane % channels];
        count[lane] = 0;
      }
      int64_t periods = 0;
      for (int64_t i = 0; i < size; i += period) {
        const int64_t rest = std::min(period, size - i);
#pragma GCC ivdep
        for (int64_t lane = 0; lane < rest; lane++) {
          const float value = x[i + lane];
          const float before = largest[lane];
          const bool more = above(value, before);
          sum[lane] += value;
          count[lane] = more ? 1.0f : count[lane] + (value == before ? 1.0f : 0.0f);
          largest[lane] = more ? value : before;
        }
        if (++periods % FLUSH == 0) flush();
      }
      flush();
      for (int64_t channel = 0; channel < channels; channel++) {
        float most = largest[channel];
        for (int64_t lane = channel; lane < period; lane += channels)
          if (above(largest[lane], most)) most = largest[lane];
        float equal = 0;
        for (int64_t lane = channel; lane < period; lane += channels)
          if (largest[lane] == most) equal += count[lane];
        const int64_t at = b * channels + channel;
        mean[at] = sums[channel] / image.pixels;
        max[at] = most;
        share[at] = 1 / equal;
      }
    }
  });
}
const Kernel gridSummary{"FoveaGridSummary",
                         {"x: float"},
                         {"mean: float", "max: float", "share: float"},
                         {},
                         [](Shapes& shapes) {
                           for (const int output : {0, 1, 2}) shapes.set(output, {{0, 0, 1}, {0, 3, 4}});
                         },
                         GridSummary};
const Registered<gridSummary> registeredGridSummary;

void GridSummaryGrad(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels, size = image.size;
  const auto max = call.input(1, image.byChannel());
  const auto share = call.input(2, image.byChannel());
  const auto dmean = call.input(3, image.byChannel());
  const auto dmax = call.input(4, image.byChannel());
  float* dx = call.output(0, image.x.shape, {0});
  const Lanes lanes(channels);
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    std::vector<float> means(channels), tops(channels);
    for (int64_t b = begin; b < end; b++) {
      for (int64_t channel = 0; channel < channels; channel++) {
        const int64_t at = b * channels + channel;
        means[channel] = dmean.data[at] / image.pixels;
        tops[channel] = dmax.data[at] * share.data[at];
      }
      const std::vector<float> all = lanes.spread(means.data()), more = lanes.spread(tops.data());
      const std::vector<float> largest = lanes.spread(max.data + b * channels);
      const float *mean = all.data(), *top = more.data(), *most = largest.data();
      const float* x = image.x.data;
      eachLane(lanes, b * size, (b + 1) * size, [=](int64_t i, int64_t lane) { dx[i] = mean[lane] + (x[i] == most[lane] ? top[lane] : 0.0f); });
    }
  });
}
const Kernel gridSummaryGrad{"FoveaGridSummaryGrad",
                             {"x: float", "max: float", "share: float", "dmean: float", "dmax: float"},
                             {"dx: float"},
                             {},
                             [](Shapes& shapes) { shapes.set(0, {{0}}); },
                             GridSummaryGrad};
const Registered<gridSummaryGrad> registeredGridSummaryGrad;

// y = gate[b, c] x
void GateChannels(Call& call) {
  const Image image(call, 0);
  const auto gate = call.input(1, image.byChannel());
  float* y = call.output(0, image.x.shape, {0});
  const Lanes lanes(image.channels);
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) {
      const std::vector<float> spread = lanes.spread(gate.data + b * image.channels);
      const float *factor = spread.data(), *x = image.x.data;
      eachLane(lanes, b * image.size, (b + 1) * image.size, [=](int64_t i, int64_t lane) { y[i] = x[i] * factor[lane]; });
    }
  });
}
const Kernel gateChannels{"FoveaGateChannels",
                          {"x: float", "gate: float"},
                          {"y: float"},
                          {},
                          [](Shapes& shapes) { shapes.set(0, {{0}}); },
                          GateChannels};
const Registered<gateChannels> registeredGateChannels;

void GateChannelsGrad(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels, size = image.size;
  const auto x = call.input(1, image.x.shape);
  const auto gate = call.input(2, image.byChannel());
  float* dx = call.output(0, image.x.shape, {0, 1});
  float* dgate = call.output(1, image.byChannel());
  const Lanes lanes(channels);
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) {
      const std::vector<float> spread = lanes.spread(gate.data + b * channels);
      const float *factor = spread.data(), *dy = image.x.data, *values = x.data;
      Sums sums(channels);
      sumLanes(lanes, b * size, (b + 1) * size, sums, [=](int64_t i, int64_t lane) {
        const float slope = dy[i];
        const float term = slope * values[i];
        dx[i] = slope * factor[lane];
        return Pair{term, 0.0f};
      });
      for (int64_t channel = 0; channel < channels; channel++) dgate[b * channels + channel] = sums.first[channel];
    }
  });
}
const Kernel gateChannelsGrad{"FoveaGateChannelsGrad",
                              {"dy: float", "x: float", "gate: float"},
                              {"dx: float", "dgate: float"},
                              {},
                              [](Shapes& shapes) {
                                shapes.set(0, {{0}});
                                shapes.set(1, {{2}});
                              },
                              GateChannelsGrad};
const Registered<gateChannelsGrad> registeredGateChannelsGrad;

// y = gate[b, c] x and, of each pixel of y, mean and largest over the channels
void GateChannelsPlanes(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels, whole = channels - channels % VECTOR;
  const auto gate = call.input(1, image.byChannel());
  if (channels == 0) call.fail("at least one channel", text(image.x.shape));
  float* y = call.output(0, image.x.shape, {0});
  float* planes = call.output(1, image.byPixel(2));
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t pixel = begin * image.pixels; pixel < end * image.pixels; pixel++) {
      const float* factor = gate.data + pixel / image.pixels * channels;
      const float* x = image.x.data + pixel * channels;
      float* out = y + pixel * channels;
      float sum = 0;
      float most = x[0] * factor[0];
      if (whole > 0) {
        Vector sums{}, largest = load(x) * load(factor);
        for (int64_t channel = 0; channel < whole; channel += VECTOR) {
          const Vector value = load(x + channel) * load(factor + channel);
          store(out + channel, value);
          sums += value;
          largest = value > largest ? value : largest;
        }
        sum = total(sums);
        most = maximum(largest);
      }
      for (int64_t channel = whole; channel < channels; channel++) {
        const float value = x[channel] * factor[channel];
        out[channel] = value;
        sum += value;
        if (value > most) most = value;
      }
      planes[2 * pixel] = sum / channels;
      planes[2 * pixel + 1] = sum != sum ? sum : most;  // NaN shows
    }
  });
}
const Kernel gateChannelsPlanes{"FoveaGateChannelsPlanes",
                                {"x: float", "gate: float"},
                                {"y: float", "planes: float"},
                                {},
                                [](Shapes& shapes) {
                                  shapes.set(0, {{0}});
                                  shapes.set(1, {{0, 0, 3}, axisOf(2)});
                                },
                                GateChannelsPlanes};
const Registered<gateChannelsPlanes> registeredGateChannelsPlanes;

void GateChannelsPlanesGrad(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels, pixels = image.pixels, whole = channels - channels % VECTOR;
  const auto dplanes = call.input(1, image.byPixel(2));
  const auto y = call.input(2, image.x.shape);
  const auto x = call.input(3, image.x.shape);
  const auto gate = call.input(4, image.byChannel());
  const auto planes = call.input(5, image.byPixel(2));
  float* dx = call.output(0, image.x.shape, {0, 2});
  float* dgate = call.output(1, image.byChannel());
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++) {
      std::vector<float> floats(channels, 0.0f);
      std::vector<double> sums(channels, 0.0);
      float* sum = floats.data();
      const auto flush = [&] {
        for (int64_t channel = 0; channel < channels; channel++) {
          sums[channel] += sum[channel];
          sum[channel] = 0;
        }
      };
      const float* factor = gate.data + b * channels;
      for (int64_t pixel = b * pixels; pixel < (b + 1) * pixels; pixel++) {
        const int64_t at = pixel * channels;
        const float *slope = image.x.data + at, *values = x.data + at, *outputs = y.data + at;
        const float mean = dplanes.data[2 * pixel] / channels;
        const float most = planes.data[2 * pixel + 1];
        Vector equals{};
        for (int64_t channel = 0; channel < whole; channel += VECTOR) equals += load(outputs + channel) == spread(most) ? spread(1) : Vector{};
        float equal = whole > 0 ? total(equals) : 0;
        for (int64_t channel = whole; channel < channels; channel++) equal += outputs[channel] == most;
        const float top = dplanes.data[2 * pixel + 1] / equal;
        for (int64_t channel = 0; channel < whole; channel += VECTOR) {
          const Vector d = load(slope + channel) + mean + (load(outputs + channel) == spread(most) ? spread(top) : Vector{});
          store(sum + channel, load(sum + channel) + d * load(values + channel));
          store(dx + at + channel, d * load(factor + channel));
        }
        for (int64_t channel = whole; channel < channels; channel++) {
          const float d = slope[channel] + mean + (outputs[channel] == most ? top : 0);
          sum[channel] += d * values[channel];
          dx[at + channel] = d * factor[channel];
        }
        if ((pixel + 1) % FLUSH == 0) flush();
      }
      flush();
      for (int64_t channel = 0; channel < channels; channel++) dgate[b * channels + channel] = sums[channel];
    }
  });
}
const Kernel gateChannelsPlanesGrad{"FoveaGateChannelsPlanesGrad",
                                    {"dy: float", "dplanes: float", "y: float", "x: float", "gate: float", "planes: float"},
                                    {"dx: float", "dgate: float"},
                                    {},
                                    [](Shapes& shapes) {
                                      shapes.set(0, {{0}});
                                      shapes.set(1, {{4}});
                                    },
                                    GateChannelsPlanesGrad};
const Registered<gateChannelsPlanesGrad> registeredGateChannelsPlanesGrad;

// y = gate[b, h, w] x
void GatePixels(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels;
  const auto gate = call.input(1, image.byPixel(1));
  float* y = call.output(0, image.x.shape, {0});
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t pixel = begin * image.pixels; pixel < end * image.pixels; pixel++) {
      const float factor = gate.data[pixel];
      const float* x = image.x.data + pixel * channels;
      float* out = y + pixel * channels;
#pragma GCC ivdep
      for (int64_t channel = 0; channel < channels; channel++) out[channel] = x[channel] * factor;
    }
  });
}
const Kernel gatePixels{"FoveaGatePixels",
                        {"x: float", "gate: float"},
                        {"y: float"},
                        {},
                        [](Shapes& shapes) { shapes.set(0, {{0}}); },
                        GatePixels};
const Registered<gatePixels> registeredGatePixels;

void GatePixelsGrad(Call& call) {
  const Image image(call, 0);
  const int64_t channels = image.channels;
  const auto x = call.input(1, image.x.shape);
  const auto gate = call.input(2, image.byPixel(1));
  float* dx = call.output(0, image.x.shape, {0, 1});
  float* dgate = call.output(1, image.byPixel(1));
  call.parallel(image.images, image.grain, [&](int, int64_t begin, int64_t end) {
    for (int64_t pixel = begin * image.pixels; pixel < end * image.pixels; pixel++) {
      const float factor = gate.data[pixel];
      const float *slope = image.x.data + pixel * channels, *values = x.data + pixel * channels;
      float* out = dx + pixel * channels;
      float sum = 0;
#pragma GCC ivdep
      for (int64_t channel = 0; channel < channels; channel++) {
        const float d = slope[channel];
        sum += d * values[channel];
        out[channel] = d * factor;
      }
      dgate[pixel] = sum;
    }
  });
}
const Kernel gatePixelsGrad{"FoveaGatePixelsGrad",
                            {"dy: float", "x: float", "gate: float"},
                            {"dx: float", "dgate: float"},
                            {},
                            [](Shapes& shapes) {
                              shapes.set(0, {{0}});
                              shapes.set(1, {{2}});
                            },
                            GatePixelsGrad};
const Registered<gatePixelsGrad> registeredGatePixelsGrad;

}  // namespace
}  // namespace fovea
