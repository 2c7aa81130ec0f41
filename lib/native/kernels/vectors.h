// Sixteen floats at once, anywhere in memory.
#pragma once

#include "lanes.h"

namespace fovea {

typedef float Vector __attribute__((vector_size(4 * VECTOR)));
typedef float Memory __attribute__((vector_size(4 * VECTOR), aligned(4), may_alias));
inline Vector load(const float* at) { return *reinterpret_cast<const Memory*>(at); }
inline void store(float* at, Vector value) { *reinterpret_cast<Memory*>(at) = value; }
inline Vector spread(float value) { return value - Vector{}; }

/** Halved until one is left. */
template <typename Join>
inline float folded(Vector all, const Join& join) {
  float numbers[VECTOR];
  store(numbers, all);
  for (int64_t half = VECTOR / 2; half > 0; half /= 2)
    for (int64_t i = 0; i < half; i++) numbers[i] = join(numbers[i], numbers[i + half]);
  return numbers[0];
}
inline float total(Vector all) {
  return folded(all, [](float a, float b) { return a + b; });
}
inline float maximum(Vector all) {
  return folded(all, [](float a, float b) { return a > b ? a : b; });
}

}  // namespace fovea
