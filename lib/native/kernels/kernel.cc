// Kernels as TensorFlow's C interface has them: registered when the addon is loaded, called with blocks of numbers.
#include "kernel.h"

#include <node_api.h>

#include <algorithm>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace fovea {
namespace {

struct Entry {
  const Kernel* kernel;
  void* (*make)(TF_OpKernelConstruction*);
  void (*shapes)(TF_ShapeInferenceContext*, TF_Status*);
};

std::vector<Entry>& entries() {
  static std::vector<Entry> all;
  return all;
}

/** A kernel with the attributes of one node of a graph. */
struct Made {
  const Kernel& kernel;
  Call::Attributes attributes;
};

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  bool failed() const { return TF_GetCode(status) != TF_OK; }
};

/** "epsilon: float = 0.001" -> "epsilon" and "float". */
std::string nameIn(const char* specification) { return std::string(specification, std::strcspn(specification, ":")); }
std::string kindIn(const char* specification) {
  const char* kind = specification + std::strcspn(specification, ":");
  kind += std::strspn(kind, ": ");
  return std::string(kind, std::strcspn(kind, " "));
}

void compute(void* state, TF_OpKernelContext* context) {
  const Made& made = *static_cast<Made*>(state);
  Status status;
  try {
    Call call(context, made.kernel, made.attributes, status.status);
    made.kernel.compute(call);
  } catch (const std::exception& error) {
    TF_SetStatus(status.status, TF_INVALID_ARGUMENT, error.what());
  }
  if (status.failed()) TF_OpKernelContext_Failure(context, status.status);
}

void destroy(void* state) { delete static_cast<Made*>(state); }

/** Empty, or why it was refused. */
std::string add(const Entry& entry) {
  Status status;
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(entry.kernel->name);
  for (const char* input : entry.kernel->inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : entry.kernel->outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : entry.kernel->attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, entry.shapes);
  TF_RegisterOpDefinition(definition, status.status);
  if (!status.failed()) {
    TF_KernelBuilder* builder = TF_NewKernelBuilder(entry.kernel->name, "CPU", entry.make, compute, destroy);
    TF_RegisterKernelBuilder(entry.kernel->name, builder, status.status);
  }
  return status.failed() ? std::string(entry.kernel->name) + ": " + TF_Message(status.status) : "";
}

}  // namespace

int64_t sizeOf(const Shape& shape) {
  int64_t size = 1;
  for (const int64_t length : shape) size *= length;
  return size;
}

std::string text(const Shape& shape) {
  std::ostringstream out;
  out << '[';
  for (size_t axis = 0; axis < shape.size(); axis++) out << (axis ? ", " : "") << shape[axis];
  out << ']';
  return out.str();
}

void enlist(const Kernel& kernel, void* (*make)(TF_OpKernelConstruction*), void (*shapes)(TF_ShapeInferenceContext*, TF_Status*)) {
  entries().push_back({&kernel, make, shapes});
}

void* construct(const Kernel& kernel, TF_OpKernelConstruction* construction) {
  Made* made = new Made{kernel, {}};
  Status status;
  for (const char* specification : kernel.attributes) {
    const std::string name = nameIn(specification);
    const std::string kind = kindIn(specification);
    double& value = made->attributes[name];
    if (kind == "bool") {
      TF_Bool given = 0;
      TF_OpKernelConstruction_GetAttrBool(construction, name.c_str(), &given, status.status);
      value = given;
    } else if (kind == "int") {
      int64_t given = 0;
      TF_OpKernelConstruction_GetAttrInt64(construction, name.c_str(), &given, status.status);
      value = given;
    } else {
      float given = 0;
      TF_OpKernelConstruction_GetAttrFloat(construction, name.c_str(), &given, status.status);
      value = given;
    }
    if (status.failed()) TF_OpKernelConstruction_Failure(construction, status.status);
  }
  return made;
}

void infer(const Kernel& kernel, TF_ShapeInferenceContext* context, TF_Status* status) {
  Shapes shapes(context, status);
  kernel.shapes(shapes);
}

void Shapes::set(int output, std::initializer_list<Axes> axes) {
  TF_ShapeHandle* all = TF_ShapeInferenceContextScalar(context);
  for (const Axes& part : axes) {
    const bool constant = part.input < 0;
    TF_ShapeHandle* shape = constant ? TF_ShapeInferenceContextVectorFromSize(context, part.end) : TF_NewShapeHandle();
    if (!constant && TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextGetInput(context, part.input, shape, status);
    if (!constant && TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSubshape(context, shape, part.begin, part.end, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextConcatenateShapes(context, all, shape, all, status);
    TF_DeleteShapeHandle(shape);
  }
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, output, all, status);
  TF_DeleteShapeHandle(all);
}

Call::~Call() {
  for (TF_Tensor* tensor : kept) TF_DeleteTensor(tensor);
}

void Call::check() const {
  if (TF_GetCode(status) != TF_OK) throw std::runtime_error(std::string(kernel.name) + ": " + TF_Message(status));
}

void Call::fail(const std::string& expected, const std::string& got) const {
  throw std::runtime_error(std::string(kernel.name) + ": expected " + expected + ", got " + got);
}

std::string Call::nameOf(int input) const { return nameIn(kernel.inputs[input]); }

template <typename T>
Block<const T> Call::read(int index) {
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status);
  check();
  Block<const T> block{static_cast<const T*>(TF_TensorData(tensor)), {}, TF_TensorElementCount(tensor)};
  for (int axis = 0; axis < TF_NumDims(tensor); axis++) block.shape.push_back(TF_Dim(tensor, axis));
  TF_DeleteTensor(tensor);  // at once: the context keeps the input, and one more holder would forbid to write in place
  return block;
}

Block<const float> Call::input(int index) { return read<float>(index); }
Block<const int32_t> Call::integers(int index) { return read<int32_t>(index); }
Block<const uint8_t> Call::flags(int index) { return read<uint8_t>(index); }

Block<const float> Call::input(int index, const Shape& expected) {
  auto block = read<float>(index);
  if (block.shape != expected) fail(nameOf(index) + " of shape " + text(expected), text(block.shape));
  return block;
}

float* Call::output(int index, const Shape& shape, std::initializer_list<int> reuse) {
  int reused = -1;
  TF_Tensor* tensor = TF_ForwardInputOrAllocateOutput(context, reuse.begin(), static_cast<int>(reuse.size()), index, shape.data(),
                                                      static_cast<int>(shape.size()), &reused, status);
  check();
  kept.push_back(tensor);
  return static_cast<float*>(TF_TensorData(tensor));
}

float* Call::scratch(int64_t floats) {
  TF_AllocatorAttributes attributes{TF_ALLOCATOR_ATTRIBUTES_STRUCT_SIZE, 1};
  TF_Tensor* tensor = TF_AllocateTemp(context, TF_FLOAT, &floats, 1, &attributes, status);
  check();
  kept.push_back(tensor);
  return static_cast<float*>(TF_TensorData(tensor));
}

double Call::attribute(const char* name) const { return attributes.at(name); }

int Call::parts(int64_t count, int64_t grain) const {
  return static_cast<int>(std::clamp<int64_t>(count / std::max<int64_t>(grain, 1), 1, threadsOf(context)));
}

void Call::parallel(int64_t count, int64_t grain, const Body& body) {
  if (count <= 0) return;
  const int total = parts(count, grain);
  if (total == 1) return body(0, 0, count);
  onThreads(context, total, [&](int part) { body(part, count * part / total, count * (part + 1) / total); });
}

}  // namespace fovea

// The library is an addon of Node only so that Node opens it; opened twice in a process, its operations are registered once.
NAPI_MODULE_INIT() {
  static const std::string refused = [] {
    std::string message;
    for (const auto& entry : fovea::entries())
      if (message.empty()) message = fovea::add(entry);
    return message;
  }();
  if (!refused.empty()) napi_throw_error(env, nullptr, refused.c_str());
  return exports;
}
