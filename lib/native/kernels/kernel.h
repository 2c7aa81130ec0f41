// A TensorFlow operation of ours with its kernel for the processor. One file an operation family; what lies in this folder is
// compiled and registered, there is no list:
//
//   void Double(Call& call) {
//     const auto x = call.input(0);
//     float* y = call.output(0, x.shape, {0});                             // in place where nobody else needs x
//     const float factor = call.attribute("factor");
//     call.parallel(x.size, 1 << 14, [=](int, int64_t begin, int64_t end) {
//       for (int64_t i = begin; i < end; i++) y[i] = factor * x.data[i];
//     });
//   }
//   const Kernel kernel{"FoveaDouble", {"x: float"}, {"y: float"}, {"factor: float = 2"},
//                       [](Shapes& shapes) { shapes.set(0, {{0}}); }, Double};
//   const Registered<kernel> registered;
//
// Blocks are dense and row-major. Sizes of zero are valid: loops over them do nothing. Errors are thrown by `fail` and by the
// calls below, outside of `parallel` only, and reach JavaScript with the operation's name in front.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace fovea {

using Shape = std::vector<int64_t>;

int64_t sizeOf(const Shape& shape);
/** "[2, 3]", for messages. */
std::string text(const Shape& shape);

template <typename T>
struct Block {
  T* data;
  Shape shape;
  int64_t size;
  int64_t last() const { return shape.empty() ? 1 : shape.back(); }
  /** How many rows of the last axis; none where it is empty. */
  int64_t rows() const { return last() == 0 ? 0 : size / last(); }
};

/** Axes begin to end of an input's shape, counted from the back where negative; all of them if only the input is given. */
struct Axes {
  int input;
  int64_t begin = 0;
  int64_t end = INT64_MAX;
};
/** An axis of this length, whatever the inputs are. */
inline Axes axisOf(int64_t length) { return {-1, 0, length}; }

/** What is known of the shapes before anything is computed: a recorded graph relies on it. */
class Shapes {
 public:
  explicit Shapes(TF_ShapeInferenceContext* context, TF_Status* status) : context(context), status(status) {}
  /** The output has these axes of inputs, one after the other; none for a scalar. */
  void set(int output, std::initializer_list<Axes> axes);

 private:
  TF_ShapeInferenceContext* context;
  TF_Status* status;
};

class Call;

/** Inputs, outputs and attributes as TensorFlow writes them: "x: float", "labels: int32", "epsilon: float = 0.001", "relu: bool". */
struct Kernel {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
  void (*shapes)(Shapes&);
  void (*compute)(Call&);
};

/** One run of a kernel. */
class Call {
 public:
  /** Work on begin to end; `part` counts from 0 to below `parts`, for sums kept apart. */
  using Body = std::function<void(int part, int64_t begin, int64_t end)>;
  using Attributes = std::map<std::string, double>;

  Call(TF_OpKernelContext* context, const Kernel& kernel, const Attributes& attributes, TF_Status* status)
      : context(context), kernel(kernel), attributes(attributes), status(status) {}
  ~Call();
  Call(const Call&) = delete;

  Block<const float> input(int index);
  /** The same, refused where its shape is another one. */
  Block<const float> input(int index, const Shape& expected);
  Block<const int32_t> integers(int index);
  /** Of type bool, a byte each. */
  Block<const uint8_t> flags(int index);

  /** Whose contents are undefined. In the memory of the first of the inputs in `reuse` that has this size and is needed by nobody else. */
  float* output(int index, const Shape& shape, std::initializer_list<int> reuse = {});
  /** Memory for the duration of this call, with undefined contents, aligned to 64 bytes. */
  float* scratch(int64_t floats);

  /** A number, or 1 and 0 for a bool. */
  double attribute(const char* name) const;

  /**
   * Splits 0 to count into equal ranges over TensorFlow's own threads, each with at least `grain` of it, and waits for them. The
   * split depends on the count and the number of threads alone, so sums have the same bits each time.
   */
  void parallel(int64_t count, int64_t grain, const Body& body);
  /** How many ranges `parallel` makes of that. */
  int parts(int64_t count, int64_t grain) const;

  [[noreturn]] void fail(const std::string& expected, const std::string& got) const;

 private:
  template <typename T>
  Block<const T> read(int index);
  void check() const;
  std::string nameOf(int input) const;

  TF_OpKernelContext* context;
  const Kernel& kernel;
  const Attributes& attributes;
  TF_Status* status;
  std::vector<TF_Tensor*> kept;
};

/** The threads that TensorFlow computes an operation with (pool.cc). */
int threadsOf(TF_OpKernelContext* context);
void onThreads(TF_OpKernelContext* context, int count, const std::function<void(int)>& body);

void* construct(const Kernel& kernel, TF_OpKernelConstruction* construction);
void infer(const Kernel& kernel, TF_ShapeInferenceContext* context, TF_Status* status);
void enlist(const Kernel& kernel, void* (*make)(TF_OpKernelConstruction*), void (*shapes)(TF_ShapeInferenceContext*, TF_Status*));

/** Puts the kernel among those that are registered when the library is loaded. */
template <const Kernel& kernel>
struct Registered {
  Registered() {
    enlist(
        kernel, [](TF_OpKernelConstruction* construction) { return construct(kernel, construction); },
        [](TF_ShapeInferenceContext* context, TF_Status* status) { infer(kernel, context, status); });
  }
};

}  // namespace fovea
