// Rows of channels, as all of normalisation and bias has them: numbers at the same place of each row belong together. However
// many channels there are, the loops run over `period` numbers, a whole number of rows and of the processor's vectors; what is
// a number for each channel is a number for each of these lanes, and sums are folded to channels at the end.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "kernel.h"

namespace fovea {

constexpr int64_t VECTOR = 16;     // floats, of the widest there is
constexpr int64_t SHORTEST = 128;  // lanes, so that sums depend on each other at a distance only
constexpr int64_t FLUSH = 64;      // periods summed in float before they are added in double

struct Lanes {
  explicit Lanes(int64_t channels) : channels(channels), period(channels * (VECTOR / std::gcd(channels, VECTOR))) {
    while (period > 0 && period < SHORTEST) period *= 2;
  }
  int64_t channels;
  int64_t period;

  /** The number for each channel, for each lane. */
  std::vector<float> spread(const float* byChannel) const {
    std::vector<float> all(period);
    for (int64_t lane = 0; lane < period; lane++) all[lane] = byChannel[lane % channels];
    return all;
  }
};

/** Two sums of each channel. */
struct Sums {
  explicit Sums(int64_t channels) : first(channels, 0.0), second(channels, 0.0) {}
  std::vector<double> first, second;
};

/** One term of each of two sums. */
struct Pair {
  float first, second;
};

/**
 * Adds to `sums` what `terms(i, lane)` gives for the numbers i from begin to end, of which begin lies at the start of a row; it is
 * called once for each i and may write other arrays at i.
 */
template <typename Terms>
void sumLanes(const Lanes& lanes, int64_t begin, int64_t end, Sums& sums, const Terms& terms) {
  const int64_t period = lanes.period;
  std::vector<float> floats(2 * period, 0.0f);
  std::vector<double> doubles(2 * period, 0.0);
  float* __restrict first = floats.data();
  float* __restrict second = first + period;
  const auto flush = [&] {
    for (int64_t lane = 0; lane < 2 * period; lane++) {
      doubles[lane] += floats[lane];
      floats[lane] = 0;
    }
  };
  int64_t i = begin;
  int64_t pairs = 0;
  for (; i + 2 * period <= end; i += 2 * period) {
#pragma GCC ivdep
    for (int64_t lane = 0; lane < period; lane++) {
      const Pair one = terms(i + lane, lane);
      const Pair two = terms(i + period + lane, lane);
      first[lane] += one.first + two.first;
      second[lane] += one.second + two.second;
    }
    if (++pairs % FLUSH == 0) flush();
  }
  for (; i < end; i += period) {
    const int64_t count = std::min(period, end - i);
#pragma GCC ivdep
    for (int64_t lane = 0; lane < count; lane++) {
      const Pair one = terms(i + lane, lane);
      first[lane] += one.first;
      second[lane] += one.second;
    }
  }
  flush();
  for (int64_t lane = 0; lane < period; lane++) {
    sums.first[lane % lanes.channels] += doubles[lane];
    sums.second[lane % lanes.channels] += doubles[period + lane];
  }
}

/** Calls `body(i, lane)` for the numbers i from begin to end, of which begin lies at the start of a row. */
template <typename Body>
void eachLane(const Lanes& lanes, int64_t begin, int64_t end, const Body& body) {
  const int64_t period = lanes.period;
  for (int64_t i = begin; i < end; i += period) {
    const int64_t count = std::min(period, end - i);
#pragma GCC ivdep
    for (int64_t lane = 0; lane < count; lane++) body(i + lane, lane);
  }
}

/** How many rows are worth a thread. */
inline int64_t rowGrain(int64_t channels) { return std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, channels)); }

/** The two sums of each channel over all rows, each thread its rows, added up in the order of the rows. */
template <typename Terms>
Sums sumRows(Call& call, const Lanes& lanes, int64_t rows, const Terms& terms) {
  const int64_t grain = rowGrain(lanes.channels);
  std::vector<Sums> parts(call.parts(rows, grain), Sums(lanes.channels));
  call.parallel(rows, grain, [&](int part, int64_t begin, int64_t end) {
    sumLanes(lanes, begin * lanes.channels, end * lanes.channels, parts[part], terms);
  });
  for (size_t part = 1; part < parts.size(); part++) {
    for (int64_t channel = 0; channel < lanes.channels; channel++) {
      parts[0].first[channel] += parts[part].first[channel];
      parts[0].second[channel] += parts[part].second[channel];
    }
  }
  return parts[0];
}

template <typename Body>
void eachRow(Call& call, const Lanes& lanes, int64_t rows, const Body& body) {
  call.parallel(rows, rowGrain(lanes.channels), [&](int, int64_t begin, int64_t end) {
    eachLane(lanes, begin * lanes.channels, end * lanes.channels, body);
  });
}

}  // namespace fovea
