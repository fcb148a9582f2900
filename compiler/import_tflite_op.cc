// SPDX-License-Identifier: Apache-2.0
#include "compiler/import_tflite_op.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "model/error.h"

namespace weft::import_tflite {

std::string Printable(const std::string& text, size_t limit) {
  std::string result;
  for (char c : text) {
    if (result.size() == limit) return result + "...";
    result += c >= 0x20 && c < 0x7f ? c : '?';
  }
  return result;
}

std::string ShortName(const Tensor& tensor) {
  return Printable(tensor.name.substr(0, tensor.name.find(';')), 64);
}

int32_t DTypeMin(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return -128;
    case DType::kUInt8:
      return 0;
    case DType::kInt16:
      return -32768;
    default:
      return std::numeric_limits<int32_t>::min();
  }
}

int32_t DTypeMax(DType dtype) {
  switch (dtype) {
    case DType::kInt8:
      return 127;
    case DType::kUInt8:
      return 255;
    case DType::kInt16:
      return 32767;
    default:
      return std::numeric_limits<int32_t>::max();
  }
}

OpImport::OpImport(const std::string& file, const Graph& graph, const fbs::Operator& source,
                   OpKind kind, int index)
    : file_(file), graph_(graph), source_(source) {
  op.kind = kind;
  op.source_index = index;
  if (source.outputs() != nullptr && source.outputs()->size() > 0) {
    op.outputs.push_back(source.outputs()->Get(0));
    op.name = ShortName(Output());
  }
}

void OpImport::Fail(const std::string& what) const {
  throw Error(fmt::format("{}: operator {} ({}, output \"{}\"): {}", file_, op.source_index,
                          OpKindName(op.kind), op.name, what));
}

void OpImport::FailNoOptions() const {
  Fail("the file lacks the options of this operator; export the model again");
}

int OpImport::input_count() const {
  return source_.inputs() == nullptr ? 0 : static_cast<int>(source_.inputs()->size());
}

void OpImport::ExpectInputs(int min, int max) const {
  const int count = input_count();
  if (count < min || count > max) {
    const std::string legal =
        min == max ? fmt::format("{}", min) : fmt::format("{} to {}", min, max);
    Fail(fmt::format("has {} inputs; {} would be legal", count, legal));
  }
}

bool OpImport::HasInput(int i) const {
  return i < input_count() && source_.inputs()->Get(static_cast<uint32_t>(i)) >= 0;
}

int OpImport::InputIndex(int i) const {
  if (!HasInput(i)) Fail(fmt::format("input {} is absent but needed", i));
  return source_.inputs()->Get(static_cast<uint32_t>(i));
}

const Tensor& OpImport::Input(int i) const { return graph_.tensor(InputIndex(i)); }

const Tensor& OpImport::Output() const { return graph_.tensor(op.outputs[0]); }

void OpImport::UseInput(int i) { op.inputs.push_back(InputIndex(i)); }

void OpImport::ExpectQuantized(const Tensor& tensor, const std::string& role) const {
  if (tensor.scales.size() != 1) {
    Fail(
        fmt::format("{} \"{}\" has {} scales; it needs exactly one (export the model with full "
                    "integer quantization)",
                    role, ShortName(tensor), tensor.scales.size()));
  }
}

void OpImport::ExpectInt8(const Tensor& tensor, const std::string& role) const {
  if (tensor.dtype != DType::kInt8) {
    Fail(
        fmt::format("{} \"{}\" is {}; only int8 is supported here (export the model with full "
                    "integer quantization)",
                    role, ShortName(tensor), DTypeName(tensor.dtype)));
  }
  ExpectQuantized(tensor, role);
}

void OpImport::ExpectRank(const Tensor& tensor, int rank, const std::string& role) const {
  if (tensor.rank() != rank) {
    Fail(fmt::format("{} \"{}\" has shape {}; {} dimensions are needed", role, ShortName(tensor),
                     ShapeString(tensor.shape), rank));
  }
}

void OpImport::ExpectConstant(const Tensor& tensor, const std::string& role) const {
  if (!tensor.is_constant) {
    Fail(fmt::format("{} \"{}\" is computed at run time; it must be a constant of the file", role,
                     ShortName(tensor)));
  }
}

void OpImport::ExpectOutputShape(const std::vector<int>& computed) const {
  if (Output().shape != computed) {
    Fail(
        fmt::format("output has shape {} in the file but the operator computes {}; the file is "
                    "damaged or its shapes are dynamic (export it with fixed shapes)",
                    ShapeString(Output().shape), ShapeString(computed)));
  }
}

void OpImport::ExpectSameQuantization(const Tensor& a, const Tensor& b,
                                      const std::string& why) const {
  // TFLite's own tolerance; the bytes are then treated as if the scales were equal.
  if (std::abs(a.scale() - b.scale()) > 1e-6f || a.zero_point() != b.zero_point()) {
    Fail(fmt::format("\"{}\" has scale {} and zero point {} but \"{}\" has {} and {}; {}",
                     ShortName(a), a.scale(), a.zero_point(), ShortName(b), b.scale(),
                     b.zero_point(), why));
  }
}

std::vector<int64_t> OpImport::ConstantIntegers(int i, const std::string& role) const {
  const Tensor& tensor = Input(i);
  ExpectConstant(tensor, role);
  if (tensor.dtype != DType::kInt32 && tensor.dtype != DType::kInt64) {
    Fail(fmt::format("{} \"{}\" is {}; int32 or int64 would work", role, ShortName(tensor),
                     DTypeName(tensor.dtype)));
  }
  std::vector<int64_t> values(static_cast<size_t>(tensor.elements()));
  for (size_t k = 0; k < values.size(); ++k) {
    if (tensor.dtype == DType::kInt32) {
      int32_t value = 0;
      std::memcpy(&value, &tensor.data[k * 4], 4);
      values[k] = value;
    } else {
      std::memcpy(&values[k], &tensor.data[k * 8], 8);
    }
  }
  return values;
}

Multiplier OpImport::Checked(Multiplier multiplier, const std::string& what) const {
  if (multiplier.exponent > kMaxExponent) {
    Fail(fmt::format("{}: the ratio of the scales is 2^{} or more; it must be below 2^{}", what,
                     kMaxExponent, kMaxExponent));
  }
  return multiplier;
}

}  // namespace weft::import_tflite
