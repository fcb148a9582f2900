// SPDX-License-Identifier: Apache-2.0
#include "compiler/import_tflite_operators.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/error.h"

namespace weft::import_tflite {
namespace {

constexpr SupportedOp kSupported[] = {
    {fbs::BuiltinOperator::ADD, OpKind::kAdd, ImportAdd},
    {fbs::BuiltinOperator::AVERAGE_POOL_2D, OpKind::kAveragePool2d, ImportPool2d},
    {fbs::BuiltinOperator::CONCATENATION, OpKind::kConcatenation, ImportConcatenation},
    {fbs::BuiltinOperator::CONV_2D, OpKind::kConv2d, ImportConv2d},
    {fbs::BuiltinOperator::DEPTHWISE_CONV_2D, OpKind::kDepthwiseConv2d, ImportDepthwiseConv2d},
    {fbs::BuiltinOperator::DEQUANTIZE, OpKind::kDequantize, ImportDequantize},
    {fbs::BuiltinOperator::FULLY_CONNECTED, OpKind::kFullyConnected, ImportFullyConnected},
    {fbs::BuiltinOperator::MAX_POOL_2D, OpKind::kMaxPool2d, ImportPool2d},
    {fbs::BuiltinOperator::MEAN, OpKind::kMean, ImportMean},
    {fbs::BuiltinOperator::PAD, OpKind::kPad, ImportPad},
    {fbs::BuiltinOperator::QUANTIZE, OpKind::kQuantize, ImportQuantize},
    {fbs::BuiltinOperator::RELU, OpKind::kRelu, ImportRelu},
    {fbs::BuiltinOperator::RELU6, OpKind::kRelu6, ImportRelu},
    {fbs::BuiltinOperator::RESHAPE, OpKind::kReshape, ImportReshape},
    {fbs::BuiltinOperator::SOFTMAX, OpKind::kSoftmax, ImportSoftmax},
    {fbs::BuiltinOperator::TRANSPOSE, OpKind::kTranspose, ImportTranspose},
};

fbs::BuiltinOperator CodeOf(const fbs::Model& model, const fbs::Operator& op, int index,
                            const std::string& file, std::string* name) {
  const size_t count = model.operator_codes() == nullptr ? 0 : model.operator_codes()->size();
  if (op.opcode_index() >= count) {
    Fail(file, fmt::format("operator {} has code index {}; the model has {} codes", index,
                           op.opcode_index(), count));
  }
  const fbs::OperatorCode& code = *model.operator_codes()->Get(op.opcode_index());
  const auto builtin =
      std::max(static_cast<fbs::BuiltinOperator>(code.deprecated_code()), code.code());
  *name = fbs::EnumNameBuiltinOperator(builtin);
  if (name->empty()) *name = fmt::format("code {}", static_cast<int>(builtin));
  if (builtin == fbs::BuiltinOperator::CUSTOM && code.custom_code() != nullptr) {
    *name += " " + Printable(code.custom_code()->str(), 40);
  }
  return builtin;
}

const SupportedOp* FindSupported(fbs::BuiltinOperator code) {
  for (const SupportedOp& s : kSupported) {
    if (s.code == code) return &s;
  }
  return nullptr;
}

[[noreturn]] void FailUnsupported(const std::string& file, int index, const std::string& name,
                                  const std::string& output) {
  std::string list;
  for (const SupportedOp& s : kSupported) {
    list += (list.empty() ? "" : ", ") + std::string(OpKindName(s.kind));
  }
  Fail(file, fmt::format("operator {} ({}, output \"{}\") is not supported; supported are {}",
                         index, name, output, list));
}

}  // namespace

void Fail(const std::string& file, const std::string& what) { throw Error(file + ": " + what); }

void CheckIndices(const flatbuffers::Vector<int32_t>* indices, int lowest, size_t count,
                  const std::string& file, const std::string& where) {
  if (indices == nullptr) return;
  for (int32_t index : *indices) {
    if (index < lowest || index >= static_cast<int64_t>(count)) {
      Fail(file, fmt::format("{} names tensor {}; the model has {} tensors", where, index, count));
    }
  }
}

std::vector<SupportedOp> LookUpOperators(const fbs::Model& model, const fbs::SubGraph& sub,
                                         const std::string& file) {
  std::vector<SupportedOp> result;
  const size_t tensors = sub.tensors() == nullptr ? 0 : sub.tensors()->size();
  const size_t operators = sub.operators() == nullptr ? 0 : sub.operators()->size();
  if (operators == 0) Fail(file, "the model has no operators; at least one is needed");
  for (size_t i = 0; i < operators; ++i) {
    const fbs::Operator& op = *sub.operators()->Get(static_cast<uint32_t>(i));
    const int index = static_cast<int>(i);
    std::string name;
    const fbs::BuiltinOperator code = CodeOf(model, op, index, file, &name);
    const std::string where = fmt::format("operator {} ({})", index, name);
    CheckIndices(op.inputs(), -1, tensors, file, where + " input");
    CheckIndices(op.outputs(), 0, tensors, file, where + " output");
    const bool has_output = op.outputs() != nullptr && op.outputs()->size() > 0;
    const SupportedOp* supported = FindSupported(code);
    if (supported == nullptr) {
      std::string output = "none";
      if (has_output) {
        const auto* text = sub.tensors()->Get(static_cast<uint32_t>(op.outputs()->Get(0)))->name();
        output = text == nullptr ? "unnamed" : Printable(text->str());
      }
      FailUnsupported(file, index, name, output);
    }
    if (!has_output || op.outputs()->size() != 1) {
      Fail(file, fmt::format("{} has {} outputs; exactly one is legal", where,
                             has_output ? op.outputs()->size() : 0));
    }
    result.push_back(*supported);
  }
  return result;
}

}  // namespace weft::import_tflite
