// SPDX-License-Identifier: Apache-2.0
#include "compiler/import_tflite_tensor.h"

#include <fmt/format.h>

#include <cmath>

#include "compiler/import_tflite.h"
#include "compiler/import_tflite_op.h"
#include "model/error.h"

namespace weft::import_tflite {
namespace {

constexpr uint32_t kMaxRank = 8;

// One tensor on its way into the graph.
class TensorImport {
 public:
  TensorImport(const std::string& file, int index, const fbs::Tensor& source)
      : file_(file), index_(index), source_(source) {
    tensor.name = source.name() == nullptr ? fmt::format("tensor_{}", index)
                                           : Printable(source.name()->str(), 400);
  }

  Tensor tensor;

  void ReadType();
  void ReadShape();
  void ReadQuantization();
  void ReadData(const fbs::Model& model);

 private:
  [[noreturn]] void Fail(const std::string& what) const {
    throw Error(fmt::format("{}: tensor {} (\"{}\"): {}", file_, index_, ShortName(tensor), what));
  }

  const std::string& file_;
  const int index_;
  const fbs::Tensor& source_;
};

void TensorImport::ReadType() {
  switch (source_.type()) {
    case fbs::TensorType::INT8:
      tensor.dtype = DType::kInt8;
      break;
    case fbs::TensorType::UINT8:
      tensor.dtype = DType::kUInt8;
      break;
    case fbs::TensorType::INT16:
      tensor.dtype = DType::kInt16;
      break;
    case fbs::TensorType::INT32:
      tensor.dtype = DType::kInt32;
      break;
    case fbs::TensorType::INT64:
      tensor.dtype = DType::kInt64;
      break;
    case fbs::TensorType::FLOAT32:
      tensor.dtype = DType::kFloat32;
      break;
    default: {
      const std::string name = fbs::EnumNameTensorType(source_.type());
      Fail(fmt::format("type {} is not supported; int8, uint8, int32 and float32 are",
                       name.empty() ? std::to_string(static_cast<int>(source_.type())) : name));
    }
  }
  if (source_.is_variable()) Fail("variable tensors (state) are not supported");
  if (source_.sparsity() != nullptr) Fail("sparse tensors are not supported; store it densely");
}

void TensorImport::ReadShape() {
  if (source_.shape() == nullptr) return;  // a scalar
  if (source_.shape()->size() > kMaxRank) {
    Fail(fmt::format("has {} dimensions; at most {} are supported", source_.shape()->size(),
                     kMaxRank));
  }
  int64_t bytes = DTypeBytes(tensor.dtype);
  for (uint32_t i = 0; i < source_.shape()->size(); ++i) {
    const int32_t size = source_.shape()->Get(i);
    if (size < 1) {
      Fail(
          fmt::format("dimension {} is {}; it must be at least 1 (export the model with fixed "
                      "shapes)",
                      i, size));
    }
    bytes *= size;
    if (bytes > kMaxTensorBytes) {
      Fail(fmt::format("is larger than {} bytes, the most that is supported", kMaxTensorBytes));
    }
    tensor.shape.push_back(size);
  }
}

void TensorImport::ReadQuantization() {
  const auto* q = source_.quantization();
  if (q == nullptr || tensor.dtype == DType::kFloat32) return;  // leftovers of calibration
  if (q->custom_kind() != 0) Fail("has a custom quantization; only scale and zero point are known");
  const uint32_t scales = q->scale() == nullptr ? 0 : q->scale()->size();
  const uint32_t zero_points = q->zero_point() == nullptr ? 0 : q->zero_point()->size();
  if (scales == 0) return;
  if (zero_points != 0 && zero_points != scales) {
    Fail(fmt::format("has {} scales and {} zero points; as many are needed", scales, zero_points));
  }
  if (scales > 1) {
    const int axis = q->quantized_dimension();
    if (axis < 0 || axis >= tensor.rank()) {
      Fail(fmt::format("has scales along dimension {}; it has {} dimensions", axis, tensor.rank()));
    }
    if (static_cast<int64_t>(scales) != tensor.dim(axis)) {
      Fail(fmt::format("has {} scales along dimension {} of length {}; 1 or {} would be legal",
                       scales, axis, tensor.dim(axis), tensor.dim(axis)));
    }
    tensor.quantized_axis = axis;
  }
  const int64_t low = DTypeMin(tensor.dtype);
  const int64_t high = DTypeMax(tensor.dtype);
  for (uint32_t i = 0; i < scales; ++i) {
    const float scale = q->scale()->Get(i);
    if (!(scale > 0.0f) || !std::isfinite(scale)) {
      Fail(fmt::format("scale {} is {}; it must be positive and finite", i, scale));
    }
    const int64_t zero_point = zero_points == 0 ? 0 : q->zero_point()->Get(i);
    if (zero_point < low || zero_point > high) {
      Fail(fmt::format("zero point {} is {}; {} to {} is the range of {}", i, zero_point, low, high,
                       DTypeName(tensor.dtype)));
    }
    tensor.scales.push_back(scale);
    tensor.zero_points.push_back(static_cast<int32_t>(zero_point));
  }
}

void TensorImport::ReadData(const fbs::Model& model) {
  const uint32_t count = model.buffers() == nullptr ? 0 : model.buffers()->size();
  if (source_.buffer() >= count) {
    Fail(fmt::format("has its data in buffer {}; the model has {} buffers", source_.buffer(),
                     count));
  }
  const fbs::Buffer& buffer = *model.buffers()->Get(source_.buffer());
  if (buffer.offset() > 1) {
    Fail("has its data outside the FlatBuffer; export the model with less than 2 GB");
  }
  if (buffer.data() == nullptr || buffer.data()->size() == 0) return;
  if (static_cast<int64_t>(buffer.data()->size()) != tensor.bytes()) {
    Fail(fmt::format("has {} bytes of data; shape {} of {} needs {}", buffer.data()->size(),
                     ShapeString(tensor.shape), DTypeName(tensor.dtype), tensor.bytes()));
  }
  tensor.is_constant = true;
  tensor.data.assign(buffer.data()->begin(), buffer.data()->end());
}

}  // namespace

std::vector<Tensor> ReadTensors(const fbs::Model& model, const fbs::SubGraph& sub,
                                const std::string& file) {
  std::vector<Tensor> tensors;
  const uint32_t count = sub.tensors() == nullptr ? 0 : sub.tensors()->size();
  int64_t total_bytes = 0;
  int64_t constant_bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    TensorImport import(file, static_cast<int>(i), *sub.tensors()->Get(i));
    import.ReadType();
    import.ReadShape();
    total_bytes += import.tensor.bytes();
    if (total_bytes > kMaxTensorBytes) {
      throw Error(
          fmt::format("{}: the tensors need more than {} bytes together, the most that is "
                      "supported",
                      file, kMaxTensorBytes));
    }
    import.ReadQuantization();
    import.ReadData(model);
    constant_bytes += static_cast<int64_t>(import.tensor.data.size());
    if (constant_bytes > kMaxConstantBytes) {
      throw Error(
          fmt::format("{}: the constants need more than {} bytes together, the most that "
                      "is supported",
                      file, kMaxConstantBytes));
    }
    tensors.push_back(std::move(import.tensor));
  }
  return tensors;
}

}  // namespace weft::import_tflite
