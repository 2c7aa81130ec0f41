// Winograd's minimal filtering F(4 x 4, 3 x 3) (Lavin and Gray 2015, arXiv:1509.09308): a tile of 4 x 4 positions of a convolution
// by 3 x 3 from 36 products instead of 144. Along one axis
//
//   y = A^T [(G g) * (B^T d)]        d 6 numbers of the image, g 3 of the filter, y 4 of the output, * element by element
//
// with the interpolation points 0, 1, -1, 2, -2 and infinity; here are these matrices and their transposes, for numbers and vectors.
#pragma once

namespace fovea::winograd {

constexpr int OUT = 4, IN = 6, FILTER = 3, POINTS = IN * IN;

constexpr auto imageToPoints = [](const auto& d, auto& t) {  // B^T
  const auto a = d[4] - 4.f * d[2], b = d[3] - 4.f * d[1];
  const auto c = d[4] - d[2], e = 2.f * (d[3] - d[1]);
  t[0] = 4.f * d[0] - 5.f * d[2] + d[4];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = 4.f * d[1] - 5.f * d[3] + d[5];
};

constexpr auto filterToPoints = [](const auto& g, auto& u) {  // G
  const auto even = g[0] * (1 / 24.f) + g[2] * (1 / 6.f), odd = g[1] * (1 / 12.f), sum = g[0] + g[2];
  u[0] = g[0] * 0.25f;
  u[1] = (sum + g[1]) * (-1 / 6.f);
  u[2] = (sum - g[1]) * (-1 / 6.f);
  u[3] = even + odd;
  u[4] = even - odd;
  u[5] = g[2];
};

constexpr auto pointsToOutput = [](const auto& m, auto& y) {  // A^T
  const auto s = m[1] + m[2], d = m[1] - m[2], p = m[3] + m[4], q = m[3] - m[4];
  y[0] = m[0] + s + p;
  y[1] = d + 2.f * q;
  y[2] = s + 4.f * p;
  y[3] = d + 8.f * q + m[5];
};

constexpr auto outputToPoints = [](const auto& y, auto& m) {  // A
  const auto even = y[0] + y[2], odd = y[1] + y[3], wide = y[0] + 4.f * y[2], steep = 2.f * y[1] + 8.f * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = wide + steep;
  m[4] = wide - steep;
  m[5] = y[3];
};

constexpr auto pointsToFilter = [](const auto& u, auto& g) {  // G^T
  const auto one = u[1] + u[2], two = u[3] + u[4];
  g[0] = u[0] * 0.25f - one * (1 / 6.f) + two * (1 / 24.f);
  g[1] = (u[2] - u[1]) * (1 / 6.f) + (u[3] - u[4]) * (1 / 12.f);
  g[2] = (two - one) * (1 / 6.f) + u[5];
};

/** Along both axes, FROM x FROM numbers to TO x TO: `read(i, j)` gives one and `write(i, j, number)` takes one. */
template <int FROM, int TO, typename Line, typename Read, typename Write>
inline void transform(const Line& line, const Read& read, const Write& write) {
  using Number = decltype(read(0, 0));
  Number across[FROM][TO];
#pragma GCC unroll 6
  for (int i = 0; i < FROM; i++) {
    Number numbers[FROM];
#pragma GCC unroll 6
    for (int j = 0; j < FROM; j++) numbers[j] = read(i, j);
    line(numbers, across[i]);
  }
#pragma GCC unroll 6
  for (int j = 0; j < TO; j++) {
    Number numbers[FROM], results[TO];
#pragma GCC unroll 6
    for (int i = 0; i < FROM; i++) numbers[i] = across[i][j];
    line(numbers, results);
#pragma GCC unroll 6
    for (int i = 0; i < TO; i++) write(i, j, results[i]);
  }
}

}  // namespace fovea::winograd
