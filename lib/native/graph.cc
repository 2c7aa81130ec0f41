// Shapes without computing: a TensorFlow graph built operation by operation, which says of each what it puts out.
//
// `graph()` makes an empty one, freed with its handle; `operation(graph, op, name, inputs, attributes)` adds one operation and
// returns `[dtype, shape]` of each output, where shape is undefined if it depends on values. Inputs are names, 'Add_3' or
// 'Split_4:1'; attributes are serialised AttrValue messages by name. What TensorFlow refuses is thrown in its words.
#include <node_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tensorflow/c/c_api.h"

namespace {
using Status = std::unique_ptr<TF_Status, decltype(&TF_DeleteStatus)>;

bool Failed(napi_env env, const Status& status) {
  if (TF_GetCode(status.get()) == TF_OK) return false;
  napi_throw_error(env, nullptr, TF_Message(status.get()));
  return true;
}

std::string Text(napi_env env, napi_value value) {
  size_t length = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, &text[0], length + 1, &length);
  return text;
}

// Of each input of an operation, whether it is a list: a field number_attr or type_list_attr in its OpDef says so.
class Message {
 public:
  Message(const uint8_t* at, size_t length) : at_(at), end_(at + length) {}
  bool Next() {
    if (at_ >= end_) return false;
    const uint64_t tag = Varint();
    field = tag >> 3;
    length = (tag & 7) == 2 ? Varint() : 0;
    data = at_;
    if ((tag & 7) == 2) at_ += length;
    if ((tag & 7) == 0) Varint();
    if ((tag & 7) == 1) at_ += 8;
    if ((tag & 7) == 5) at_ += 4;
    return true;
  }
  uint64_t field = 0;
  size_t length = 0;
  const uint8_t* data = nullptr;

 private:
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; at_ < end_; shift += 7) {
      value |= static_cast<uint64_t>(*at_ & 127) << shift;
      if ((*at_++ & 128) == 0) break;
    }
    return value;
  }
  const uint8_t* at_;
  const uint8_t* end_;
};

const std::vector<bool>& ListInputs(TF_Graph* graph, const std::string& op, TF_Status* status) {
  static auto* known = new std::unordered_map<std::string, std::vector<bool>>();
  const auto found = known->find(op);
  if (found != known->end()) return found->second;
  const std::unique_ptr<TF_Buffer, decltype(&TF_DeleteBuffer)> definition(TF_NewBuffer(), TF_DeleteBuffer);
  TF_GraphGetOpDef(graph, op.c_str(), definition.get(), status);
  static const std::vector<bool> none;
  if (TF_GetCode(status) != TF_OK) return none;
  std::vector<bool> lists;
  Message message(static_cast<const uint8_t*>(definition->data), definition->length);
  while (message.Next()) {
    if (message.field != 2) continue;
    bool list = false;
    Message argument(message.data, message.length);
    while (argument.Next()) list = list || argument.field == 5 || argument.field == 6;
    lists.push_back(list);
  }
  return known->emplace(op, std::move(lists)).first->second;
}

napi_value MakeGraph(napi_env env, napi_callback_info) {
  napi_value handle;
  const auto free = [](napi_env, void* graph, void*) { TF_DeleteGraph(static_cast<TF_Graph*>(graph)); };
  napi_create_external(env, TF_NewGraph(), free, nullptr, &handle);
  return handle;
}

bool Inputs(napi_env env, TF_Graph* graph, napi_value names, std::vector<TF_Output>* inputs) {
  uint32_t count = 0;
  napi_get_array_length(env, names, &count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    napi_get_element(env, names, i, &element);
    const std::string name = Text(env, element);
    const size_t colon = name.find(':');
    TF_Operation* from = TF_GraphOperationByName(graph, name.substr(0, colon).c_str());
    if (from == nullptr) {
      napi_throw_error(env, nullptr, ("no operation named " + name).c_str());
      return false;
    }
    inputs->push_back({from, colon == std::string::npos ? 0 : std::stoi(name.substr(colon + 1))});
  }
  return true;
}

bool Attributes(napi_env env, napi_value attributes, TF_OperationDescription* description, const Status& status) {
  napi_value names;
  napi_get_property_names(env, attributes, &names);
  uint32_t count = 0;
  napi_get_array_length(env, names, &count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value name, value;
    napi_get_element(env, names, i, &name);
    napi_get_property(env, attributes, name, &value);
    void* data;
    size_t length;
    if (napi_get_buffer_info(env, value, &data, &length) != napi_ok) {
      napi_throw_error(env, nullptr, "expected the attributes to be buffers");
      return false;
    }
    TF_SetAttrValueProto(description, Text(env, name).c_str(), data, length, status.get());
    if (Failed(env, status)) return false;
  }
  return true;
}

napi_value Outputs(napi_env env, TF_Graph* graph, TF_Operation* operation, const Status& status) {
  const int count = TF_OperationNumOutputs(operation);
  napi_value outputs;
  napi_create_array_with_length(env, count, &outputs);
  for (int i = 0; i < count; i++) {
    const TF_Output output = {operation, i};
    napi_value pair, dtype, shape;
    napi_create_array_with_length(env, 2, &pair);
    napi_create_int32(env, TF_OperationOutputType(output), &dtype);
    const int rank = TF_GraphGetTensorNumDims(graph, output, status.get());
    if (Failed(env, status)) return nullptr;
    std::vector<int64_t> sizes(rank > 0 ? rank : 0);
    if (rank > 0) TF_GraphGetTensorShape(graph, output, sizes.data(), rank, status.get());
    if (Failed(env, status)) return nullptr;
    bool known = rank >= 0;
    for (const int64_t size : sizes) known = known && size >= 0;
    napi_get_undefined(env, &shape);
    if (known) napi_create_array_with_length(env, rank, &shape);
    for (int axis = 0; known && axis < rank; axis++) {
      napi_value size;
      napi_create_int64(env, sizes[axis], &size);
      napi_set_element(env, shape, axis, size);
    }
    napi_set_element(env, pair, 0, dtype);
    napi_set_element(env, pair, 1, shape);
    napi_set_element(env, outputs, i, pair);
  }
  return outputs;
}

napi_value AddOperation(napi_env env, napi_callback_info info) {
  size_t given = 5;
  napi_value args[5];
  napi_get_cb_info(env, info, &given, args, nullptr, nullptr);
  void* handle = nullptr;
  if (given != 5 || napi_get_value_external(env, args[0], &handle) != napi_ok) {
    napi_throw_type_error(env, nullptr, "expected graph, op, name, inputs, attributes");
    return nullptr;
  }
  TF_Graph* graph = static_cast<TF_Graph*>(handle);
  const std::string op = Text(env, args[1]);
  const Status status(TF_NewStatus(), TF_DeleteStatus);
  std::vector<TF_Output> inputs;
  if (!Inputs(env, graph, args[3], &inputs)) return nullptr;
  const std::vector<bool>& lists = ListInputs(graph, op, status.get());
  if (Failed(env, status)) return nullptr;

  TF_OperationDescription* description = TF_NewOperation(graph, op.c_str(), Text(env, args[2]).c_str());
  size_t next = 0;
  for (const bool list : lists) {
    // no operation that tfjs uses has two lists: the one takes what the single inputs leave
    const size_t count = list ? inputs.size() - (lists.size() - 1) : 1;
    if (next + count > inputs.size()) break;
    if (list) TF_AddInputList(description, &inputs[next], static_cast<int>(count));
    if (!list) TF_AddInput(description, inputs[next]);
    next += count;
  }
  const bool set = Attributes(env, args[4], description, status);
  const Status finish(TF_NewStatus(), TF_DeleteStatus);
  TF_Operation* operation = TF_FinishOperation(description, finish.get());  // also frees it where an attribute was refused
  if (!set || Failed(env, finish)) return nullptr;
  return Outputs(env, graph, operation, status);
}

void Name(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}
}  // namespace

NAPI_MODULE_INIT() {
  Name(env, exports, "graph", MakeGraph);
  Name(env, exports, "operation", AddOperation);
  return exports;
}
