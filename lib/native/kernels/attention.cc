// Exact attention without a tensor of pairs, and its gradient, for queries, keys and values apart or in one projection.
//
// Work is split by image, head and block of queries (the gradient: of keys), so that there is enough for every thread. A head
// whose keys fall to several threads has the gradient of its queries in as many parts, added in the order of the keys.
#include "attentionHead.h"
#include "kernel.h"

namespace fovea {
namespace {

/** Floats from one image, head and row to the next. */
struct Strides {
  int64_t image, head, row;
};

/** Axes of a problem, and where its parts lie. */
struct Layout {
  int64_t images, heads, queries, keys, width, valueWidth;
  Strides query, key, value, output, statistic;
  int64_t all() const { return images * heads; }
};

/** query 'b head n d', key 'b head m d', value 'b head m e', output 'b head n e'. */
Layout layoutApart(Call& call, const Shape& query, const Shape& key, const Shape& value) {
  const bool ranks = query.size() == 4 && key.size() == 4 && value.size() == 4;
  if (!ranks || key != Shape{query[0], query[1], key[2], query[3]} || value != Shape{key[0], key[1], key[2], value[3]})
    call.fail("query 'b head n d', key 'b head m d' and value 'b head m e'", "others");
  const int64_t heads = query[1], n = query[2], m = key[2], d = query[3], e = value[3];
  const auto strides = [=](int64_t rows, int64_t width) { return Strides{heads * rows * width, rows * width, width}; };
  return {query[0], heads, n, m, d, e, strides(n, d), strides(m, d), strides(m, e), strides(n, e), strides(n, 1)};
}

/** packed 'b n 3 head d', output 'b n head d'. */
Layout layoutPacked(Call& call, const Shape& packed) {
  if (packed.size() != 5 || packed[2] != 3) call.fail("packed 'b n 3 head d'", "another shape");
  const int64_t n = packed[1], heads = packed[3], d = packed[4];
  const Strides in{n * 3 * heads * d, d, 3 * heads * d}, out{n * heads * d, d, heads * d}, statistic{n * heads, 1, heads};
  return {packed[0], heads, n, n, d, d, in, in, in, out, statistic};
}

/** Added to scores or hiding them: 'b head n m' with 1 for an axis that it is the same along, or empty; b may be a divisor, and repeats. */
template <typename T>
struct Pairs {
  const T* data = nullptr;
  Shape shape;
  Strides strides{};
  Rows<const T> of(int64_t image, int64_t head) const {
    return {data ? data + image % shape[0] * strides.image + head * strides.head : nullptr, strides.row};
  }
};

template <typename T>
Pairs<T> pairsOf(Call& call, const Layout& at, const Block<const T>& block) {
  if (block.shape.size() == 1 && block.size == 0) return {};
  const Shape& s = block.shape;
  const auto fits = [&](int axis, int64_t length) { return s[axis] == 1 || s[axis] == length; };
  if (s.size() != 4 || s[0] == 0 || at.images % s[0] != 0 || !fits(1, at.heads) || !fits(2, at.queries) || s[3] != at.keys)
    call.fail("a mask and a bias 'b head n m' with 1 for b, head or n where it is the same, or empty ones", "others");
  const int64_t row = s[2] == 1 ? 0 : s[3], head = s[1] == 1 ? 0 : s[2] * s[3], image = s[1] * s[2] * s[3];
  return {block.data, s, {image, head, row}};
}

template <typename T>
T* startOf(T* data, const Strides& strides, const Layout& at, int64_t index) {
  return data + index / at.heads * strides.image + index % at.heads * strides.head;
}

/** What both ways have. */
struct Problem {
  Layout at;
  const float *query, *key, *value;
  Pairs<uint8_t> mask;
  Pairs<float> bias;
  float scale;
  bool causal;

  Head head(int64_t index) const {
    const int64_t image = index / at.heads, head = index % at.heads;
    return {at.queries, at.keys, at.width, at.valueWidth, scale, causal,
            {startOf(query, at.query, at, index), at.query.row},
            {startOf(key, at.key, at, index), at.key.row},
            {startOf(value, at.value, at, index), at.value.row},
            mask.of(image, head), bias.of(image, head)};
  }
};

Problem problemApart(Call& call, int first) {
  const auto query = call.input(first), key = call.input(first + 1), value = call.input(first + 2);
  const Layout at = layoutApart(call, query.shape, key.shape, value.shape);
  return {at, query.data, key.data, value.data, pairsOf(call, at, call.flags(first + 3)), pairsOf(call, at, call.input(first + 4)),
          static_cast<float>(call.attribute("scale")), call.attribute("causal") != 0};
}

Problem problemPacked(Call& call, int first) {
  const auto packed = call.input(first);
  const Layout at = layoutPacked(call, packed.shape);
  const int64_t part = at.heads * at.width;
  return {at, packed.data, packed.data + part, packed.data + 2 * part, pairsOf(call, at, call.flags(first + 1)),
          pairsOf(call, at, call.input(first + 2)), static_cast<float>(call.attribute("scale")), call.attribute("causal") != 0};
}

/** How many units are worth a thread: some hundred thousand products. */
int64_t grainOf(const Layout& at, int64_t units) {
  const int64_t each = at.all() * at.queries * at.keys * (at.width + at.valueWidth) / units;
  return std::max<int64_t>(1, (1 << 19) / std::max<int64_t>(1, each));
}

void forward(Call& call, const Problem& problem, float* output, float* largest, float* logSum) {
  const Layout& at = problem.at;
  if (at.all() == 0 || at.queries == 0) return;
  // rows that share the packing of their keys; fewer where that leaves threads without work
  int64_t blocks = (at.queries + 4 * QUERY_BLOCK - 1) / (4 * QUERY_BLOCK);
  const int64_t most = (at.queries + QUERY_BLOCK - 1) / QUERY_BLOCK;
  while (blocks < most && call.parts(at.all() * blocks, 4) < call.parts(INT64_MAX, 1)) blocks++;
  const int64_t units = at.all() * blocks, rows = (at.queries + blocks - 1) / blocks, grain = grainOf(at, units);
  const int64_t each = Forward::scratch(problem.head(0), rows);
  float* memory = call.scratch(each * call.parts(units, grain));
  call.parallel(units, grain, [&](int part, int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end; unit++) {
      const int64_t index = unit / blocks, block = unit % blocks;
      const int64_t first = at.queries * block / blocks, last = at.queries * (block + 1) / blocks;
      const Statistics<float> kept{startOf(largest, at.statistic, at, index), startOf(logSum, at.statistic, at, index), at.statistic.row};
      Forward::run(problem.head(index), first, last, {startOf(output, at.output, at, index), at.output.row}, kept, memory + part * each);
    }
  });
}

struct Gradients {
  float *query, *key, *value, *bias;  // laid out like the inputs
};

/** The order of inputs is dy, those of the way forward, output, largest, logSum. */
void backward(Call& call, const Problem& problem, const float* dy, int afterInputs, const Gradients& to) {
  const Layout& at = problem.at;
  const float* output = call.input(afterInputs).data;
  const float* largest = call.input(afterInputs + 1).data;
  const float* logSum = call.input(afterInputs + 2).data;
  const int64_t biasSize = problem.bias.data ? sizeOf(problem.bias.shape) : 0;
  std::fill_n(to.bias, biasSize, 0.0f);
  const int64_t blocks = (at.keys + KEY_BLOCK - 1) / KEY_BLOCK, units = at.all() * blocks;
  if (units == 0) return;
  const int64_t grain = grainOf(at, units);
  const int parts = call.parts(units, grain);
  // a thread has parts of at most two heads, one where it begins and one where it ends
  const int64_t wide = padded(at.width), rows = at.queries * wide, each = Backward::scratch(problem.head(0));
  const auto firstUnit = [=](int part) { return units * part / parts; };
  int slots = 1;
  for (int part = 1; part < parts; part++)
    if (firstUnit(part) % blocks != 0) slots = 2;
  float* memory = call.scratch(each * parts);
  float* queries = call.scratch(slots * rows * parts);
  float* alongs = call.scratch(at.queries * parts);
  // a bias that images or heads share is added up by each thread for itself
  const bool shared = biasSize > 0 && parts > 1 && (problem.bias.shape[0] < at.images || problem.bias.shape[1] < at.heads);
  float* biases = shared ? call.scratch(biasSize * parts) : to.bias;
  if (shared) std::fill_n(biases, biasSize * parts, 0.0f);

  const auto slot = [=](int part, int64_t index) {
    const bool begins = index * blocks < firstUnit(part);  // the head's first keys are another thread's
    return queries + (slots * part + (begins ? 1 : 0)) * rows;
  };
  const auto write = [&](int64_t index, const float* sums) {
    for (int64_t i = 0; i < at.queries; i++) {
      float* __restrict target = startOf(to.query, at.query, at, index) + i * at.query.row;
      for (int64_t c = 0; c < at.width; c++) target[c] = problem.scale * sums[i * wide + c];
    }
  };

  call.parallel(units, grain, [&](int part, int64_t begin, int64_t end) {
    for (int64_t unit = begin; unit < end;) {
      const int64_t index = unit / blocks, last = std::min(end, (index + 1) * blocks);
      const Head head = problem.head(index);
      const Rows<const float> slopes{startOf(dy, at.output, at, index), at.output.row};
      const Rows<const float> outputs{startOf(output, at.output, at, index), at.output.row};
      float* along = alongs + part * at.queries;
      for (int64_t i = 0; i < at.queries; i++) {
        float sum = 0;
        for (int64_t c = 0; c < at.valueWidth; c++) sum += slopes.at(i)[c] * outputs.at(i)[c];
        along[i] = sum;
      }
      const Strides& step = at.statistic;
      const Statistics<const float> kept{startOf(largest, step, at, index), startOf(logSum, step, at, index), step.row};
      const Backward::Given given{slopes, kept, along};
      Rows<float> bias{nullptr, 0};
      if (biasSize > 0) bias = {biases + (shared ? part * biasSize : 0) + (head.bias.data - problem.bias.data), head.bias.row};
      const Backward::Gradients gradients{slot(part, index), {startOf(to.key, at.key, at, index), at.key.row},
                                          {startOf(to.value, at.value, at, index), at.value.row}, bias};
      std::fill_n(gradients.query, rows, 0.0f);
      const bool whole = unit == index * blocks && last == (index + 1) * blocks;
      for (; unit < last; unit++) {
        const int64_t block = unit % blocks;
        Backward::run(head, given, at.keys * block / blocks, at.keys * (block + 1) / blocks, gradients, memory + part * each);
      }
      if (whole) write(index, gradients.query);
    }
  });

  // heads that were split
  for (int part = 1; part < parts; part++) {
    const int64_t index = firstUnit(part) / blocks;
    if (index * blocks == firstUnit(part)) continue;
    int first = part - 1;  // the thread that has the first keys of this head
    while (firstUnit(first) > index * blocks) first--;
    float* sums = slot(first, index);
    const float* more = slot(part, index);
    for (int64_t i = 0; i < rows; i++) sums[i] += more[i];
    const bool last = part + 1 == parts || firstUnit(part + 1) >= (index + 1) * blocks;
    if (last) write(index, sums);
  }
  for (int part = 0; shared && part < parts; part++)
    for (int64_t i = 0; i < biasSize; i++) to.bias[i] += biases[part * biasSize + i];
}

void Attention(Call& call) {
  const Problem problem = problemApart(call, 0);
  const Layout& at = problem.at;
  float* output = call.output(0, {at.images, at.heads, at.queries, at.valueWidth});
  float* largest = call.output(1, {at.images, at.heads, at.queries});
  forward(call, problem, output, largest, call.output(2, {at.images, at.heads, at.queries}));
}
const Kernel attention{"FoveaAttention",
                       {"query: float", "key: float", "value: float", "mask: bool", "bias: float"},
                       {"output: float", "largest: float", "log_sum: float"},
                       {"causal: bool", "scale: float"},
                       [](Shapes& shapes) {
                         shapes.set(0, {{0, 0, 3}, {2, 3}});
                         shapes.set(1, {{0, 0, 3}});
                         shapes.set(2, {{0, 0, 3}});
                       },
                       Attention};
const Registered<attention> registeredAttention;

void AttentionGrad(Call& call) {
  const Problem problem = problemApart(call, 1);
  const Layout& at = problem.at;
  const auto dy = call.input(0, {at.images, at.heads, at.queries, at.valueWidth});
  float* query = call.output(0, {at.images, at.heads, at.queries, at.width});
  float* key = call.output(1, {at.images, at.heads, at.keys, at.width});
  float* value = call.output(2, {at.images, at.heads, at.keys, at.valueWidth});
  backward(call, problem, dy.data, 6, {query, key, value, call.output(3, call.input(5).shape)});
}
const Kernel attentionGrad{"FoveaAttentionGrad",
                           {"dy: float", "query: float", "key: float", "value: float", "mask: bool", "bias: float", "output: float",
                            "largest: float", "log_sum: float"},
                           {"query_gradient: float", "key_gradient: float", "value_gradient: float", "bias_gradient: float"},
                           {"causal: bool", "scale: float"},
                           [](Shapes& shapes) {
                             shapes.set(0, {{1}});
                             shapes.set(1, {{2}});
                             shapes.set(2, {{3}});
                             shapes.set(3, {{5}});
                           },
                           AttentionGrad};
const Registered<attentionGrad> registeredAttentionGrad;

void PackedAttention(Call& call) {
  const Problem problem = problemPacked(call, 0);
  const Layout& at = problem.at;
  float* output = call.output(0, {at.images, at.queries, at.heads, at.width});
  float* largest = call.output(1, {at.images, at.queries, at.heads});
  forward(call, problem, output, largest, call.output(2, {at.images, at.queries, at.heads}));
}
const Kernel packedAttention{"FoveaPackedAttention",
                             {"packed: float", "mask: bool", "bias: float"},
                             {"output: float", "largest: float", "log_sum: float"},
                             {"causal: bool", "scale: float"},
                             [](Shapes& shapes) {
                               shapes.set(0, {{0, 0, 2}, {0, 3}});
                               shapes.set(1, {{0, 0, 2}, {0, 3, 4}});
                               shapes.set(2, {{0, 0, 2}, {0, 3, 4}});
                             },
                             PackedAttention};
const Registered<packedAttention> registeredPackedAttention;

void PackedAttentionGrad(Call& call) {
  const Problem problem = problemPacked(call, 1);
  const Layout& at = problem.at;
  const auto dy = call.input(0, {at.images, at.queries, at.heads, at.width});
  float* packed = call.output(0, {at.images, at.queries, 3, at.heads, at.width});
  const int64_t part = at.heads * at.width;
  backward(call, problem, dy.data, 4, {packed, packed + part, packed + 2 * part, call.output(1, call.input(3).shape)});
}
const Kernel packedAttentionGrad{"FoveaPackedAttentionGrad",
                                 {"dy: float", "packed: float", "mask: bool", "bias: float", "output: float", "largest: float",
                                  "log_sum: float"},
                                 {"packed_gradient: float", "bias_gradient: float"},
                                 {"causal: bool", "scale: float"},
                                 [](Shapes& shapes) {
                                   shapes.set(0, {{1}});
                                   shapes.set(1, {{3}});
                                 },
                                 PackedAttentionGrad};
const Registered<packedAttentionGrad> registeredPackedAttentionGrad;

}  // namespace
}  // namespace fovea
