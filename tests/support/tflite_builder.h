// SPDX-License-Identifier: Apache-2.0
// Small .tflite files made in memory, right or wrong on purpose.

#ifndef WEFT_TESTS_SUPPORT_TFLITE_BUILDER_H_
#define WEFT_TESTS_SUPPORT_TFLITE_BUILDER_H_

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tflite_generated.h"

namespace weft::test {

namespace fbs = ::weft::tflite;

struct TensorSpec {
  std::string name;
  std::vector<int32_t> shape;
  fbs::TensorType type = fbs::TensorType::INT8;
  std::vector<float> scales = {};
  std::vector<int64_t> zero_points = {};
  int axis = 0;
  std::vector<uint8_t> data = {};
  int buffer = -1;  // -1: a buffer of its own
  int custom_kind = 0;
  bool is_variable = false;
};

using Options = std::pair<fbs::BuiltinOptions, flatbuffers::Offset<void>>;

struct OpSpec {
  fbs::BuiltinOperator code = fbs::BuiltinOperator::CONV_2D;
  std::vector<int32_t> inputs, outputs;
  std::function<Options(flatbuffers::FlatBufferBuilder&)> options = nullptr;
  std::string custom_code = "";
};

struct ModelSpec {
  std::vector<TensorSpec> tensors;
  std::vector<OpSpec> ops;
  std::vector<int32_t> inputs, outputs;
  uint32_t version = 3;
  int subgraphs = 1;
  int opcode_shift = 0;  // added to every opcode index
  uint64_t buffer_offset = 0;
};

inline std::vector<uint8_t> Bytes(const std::vector<int32_t>& values) {
  std::vector<uint8_t> bytes(values.size() * 4);
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

inline std::vector<uint8_t> Build(const ModelSpec& spec) {
  flatbuffers::FlatBufferBuilder b;
  std::vector<flatbuffers::Offset<fbs::Buffer>> buffers = {fbs::CreateBuffer(b)};
  std::vector<flatbuffers::Offset<fbs::Tensor>> tensors;
  for (const TensorSpec& t : spec.tensors) {
    flatbuffers::Offset<fbs::QuantizationParameters> q = 0;
    if (!t.scales.empty() || t.custom_kind != 0) {
      q = fbs::CreateQuantizationParametersDirect(b, &t.scales, &t.zero_points,
                                                  static_cast<uint8_t>(t.custom_kind), t.axis);
    }
    uint32_t buffer = static_cast<uint32_t>(buffers.size());
    if (t.buffer >= 0) {
      buffer = static_cast<uint32_t>(t.buffer);
    } else {
      buffers.push_back(t.data.empty() ? fbs::CreateBuffer(b, 0, spec.buffer_offset)
                                       : fbs::CreateBufferDirect(b, &t.data));
    }
    tensors.push_back(
        fbs::CreateTensorDirect(b, &t.shape, t.type, buffer, t.name.c_str(), q, t.is_variable));
  }
  std::vector<flatbuffers::Offset<fbs::OperatorCode>> codes;
  std::vector<flatbuffers::Offset<fbs::Operator>> ops;
  for (const OpSpec& op : spec.ops) {
    const int code = static_cast<int>(op.code);
    codes.push_back(fbs::CreateOperatorCodeDirect(
        b, static_cast<int8_t>(code < 127 ? code : 127),
        op.custom_code.empty() ? nullptr : op.custom_code.c_str(), 1, op.code));
    const Options options = op.options ? op.options(b) : Options{fbs::BuiltinOptions::NONE, 0};
    ops.push_back(fbs::CreateOperatorDirect(
        b, static_cast<uint32_t>(static_cast<int>(codes.size()) - 1 + spec.opcode_shift),
        &op.inputs, &op.outputs, options.first, options.second));
  }
  std::vector<flatbuffers::Offset<fbs::SubGraph>> subgraphs;
  for (int i = 0; i < spec.subgraphs; ++i) {
    subgraphs.push_back(
        fbs::CreateSubGraphDirect(b, &tensors, &spec.inputs, &spec.outputs, &ops, "main"));
  }
  fbs::FinishModelBuffer(b, fbs::CreateModelDirect(b, spec.version, &codes, &subgraphs, &buffers));
  return {b.GetBufferPointer(), b.GetBufferPointer() + b.GetSize()};
}

// An int8 activation with one scale.
inline TensorSpec Activation(const std::string& name, const std::vector<int32_t>& shape,
                             float scale = 0.5f, int64_t zero_point = 0) {
  return {name, shape, fbs::TensorType::INT8, {scale}, {zero_point}};
}

// A constant int32 vector (axes, shapes, biases).
inline TensorSpec Integers(const std::string& name, const std::vector<int32_t>& shape,
                           const std::vector<int32_t>& values) {
  return {name, shape, fbs::TensorType::INT32, {}, {}, 0, Bytes(values)};
}

struct ConvSpec {
  fbs::Padding padding = fbs::Padding::SAME;
  int stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  fbs::Activation activation = fbs::Activation::NONE;
};

// 0: x [1, 6, 5, 4], 1: weights [6, 3, 3, 4 / groups], 2: bias [6], 3: y.
inline ModelSpec ConvModel(const ConvSpec& c = {}, const std::vector<int32_t>& out = {1, 6, 5, 6},
                           int groups = 1) {
  const int depth = 4 / groups;
  ModelSpec m;
  m.tensors = {Activation("x", {1, 6, 5, 4}, 0.5f, 3),
               {"w", {6, 3, 3, depth}, fbs::TensorType::INT8, {}, {}, 0, {}},
               Integers("b", {6}, {100, -100, 50, 7, 0, -3}),
               Activation("y", out, 0.25f, -5)};
  for (int o = 0; o < 6; ++o) {
    m.tensors[1].scales.push_back(0.01f * static_cast<float>(o + 1));
    m.tensors[1].zero_points.push_back(0);
  }
  for (int i = 0; i < 6 * 9 * depth; ++i) {
    m.tensors[1].data.push_back(static_cast<uint8_t>(i * 37 + 11));
  }
  m.ops = {{fbs::BuiltinOperator::CONV_2D, {0, 1, 2}, {3}, [c](flatbuffers::FlatBufferBuilder& b) {
              return Options{fbs::BuiltinOptions::Conv2DOptions,
                             fbs::CreateConv2DOptions(b, c.padding, c.stride_w, c.stride_h,
                                                      c.activation, c.dilation_w, c.dilation_h)
                                 .Union()};
            }}};
  m.inputs = {0};
  m.outputs = {3};
  return m;
}

// An operator without options from tensor 0 to the last tensor.
inline ModelSpec SimpleModel(fbs::BuiltinOperator code, const std::vector<TensorSpec>& tensors) {
  ModelSpec m;
  m.tensors = tensors;
  const int last = static_cast<int>(tensors.size()) - 1;
  OpSpec op;
  op.code = code;
  for (int i = 0; i < last; ++i) op.inputs.push_back(i);
  op.outputs = {last};
  m.ops = {op};
  m.inputs = {0};
  m.outputs = {last};
  return m;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_TFLITE_BUILDER_H_
