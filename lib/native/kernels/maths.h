// Functions that the compiler can run on whole vectors, which those of the C library are not everywhere; good to some units in the
// last place of a float.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace fovea {

/** e^x = 2^n e^r with n whole, |r| <= log(2) / 2 and e^r by a polynomial; 0 and infinity beyond the range, NaN for NaN. */
inline float exponential(float x) {
  const float inside = x < -87.5f ? -87.5f : x > 88.5f ? 88.5f : x;
  const float n = std::rint(inside * 1.44269504f);
  const float r = __builtin_fmaf(n, -1.42860677e-6f, __builtin_fmaf(n, -0.693145752f, inside));
  float p = 1.98412698e-4f;
  p = p * r + 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return x < -87.5f ? 0 : x > 88.5f ? INFINITY : p * power;
}

/** The error function as x P(x^2) / Q(x^2) for |x| < 4, beyond which it is 1 in float (minimax, as in Eigen). */
inline float errorFunction(float x) {
  const float a = x < -4.f ? -4.f : x > 4.f ? 4.f : x;
  const float s = a * a;
  float p = -2.72614225801306e-10f;
  p = p * s + 2.77068142495902e-08f;
  p = p * s - 2.10102402082508e-06f;
  p = p * s - 5.69250639462346e-05f;
  p = p * s - 7.34990630326855e-04f;
  p = p * s - 2.95459980854025e-03f;
  p = p * s - 1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * s - 2.13374055278905e-04f;
  q = q * s - 1.68282697438203e-03f;
  q = q * s - 7.37332916720468e-03f;
  q = q * s - 1.42647390514189e-02f;
  return a * p / q;
}

}  // namespace fovea
