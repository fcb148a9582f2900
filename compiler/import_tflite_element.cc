// SPDX-License-Identifier: Apache-2.0
// Element by element: ADD, RELU, RELU6, QUANTIZE, DEQUANTIZE; and SOFTMAX.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {
namespace {

std::vector<int> BroadcastShape(const OpImport& import, const Tensor& a, const Tensor& b) {
  const size_t rank = std::max(a.shape.size(), b.shape.size());
  std::vector<int> shape(rank);
  for (size_t i = 0; i < rank; ++i) {
    const int da = i < a.shape.size() ? a.shape[a.shape.size() - 1 - i] : 1;
    const int db = i < b.shape.size() ? b.shape[b.shape.size() - 1 - i] : 1;
    if (da != db && da != 1 && db != 1) {
      import.Fail(fmt::format("shapes {} and {} do not broadcast; dimensions must be equal or 1",
                              ShapeString(a.shape), ShapeString(b.shape)));
    }
    shape[rank - 1 - i] = da == 1 ? db : da;
  }
  return shape;
}

// An 8-bit tensor on either side of QUANTIZE or DEQUANTIZE.
void ExpectEightBit(const OpImport& import, const Tensor& tensor, const char* role,
                    const char* legal) {
  if (tensor.dtype != DType::kInt8 && tensor.dtype != DType::kUInt8) {
    import.Fail(fmt::format("{} \"{}\" is {}; {} would work", role, ShortName(tensor),
                            DTypeName(tensor.dtype), legal));
  }
  import.ExpectQuantized(tensor, role);
}

}  // namespace

void ImportAdd(OpImport* import) {
  import->ExpectInputs(2, 2);
  const auto* options = import->OptionalOptions<fbs::AddOptions>();
  const Tensor& a = import->Input(0);
  const Tensor& b = import->Input(1);
  const Tensor& out = import->Output();
  import->ExpectInt8(a, "first input");
  import->ExpectInt8(b, "second input");
  import->ExpectInt8(out, "output");
  import->ExpectOutputShape(BroadcastShape(*import, a, b));

  AddAttrs attrs;
  attrs.params.input_zero_point[0] = a.zero_point();
  attrs.params.input_zero_point[1] = b.zero_point();
  attrs.params.output_zero_point = out.zero_point();
  if (!MakeAddMultipliers(a.scale(), b.scale(), out.scale(), &attrs.params)) {
    import->Fail(
        fmt::format("input scales {} and {} are too large for the output scale {}; the "
                    "larger must be below 2^19 times the latter",
                    a.scale(), b.scale(), out.scale()));
  }
  import->ResolveActivation(
      options == nullptr ? fbs::Activation::NONE : options->fused_activation(), &attrs.params.qmin,
      &attrs.params.qmax);
  import->UseInput(0);
  import->UseInput(1);
  import->op.attrs = attrs;
}

void ImportRelu(OpImport* import) {
  import->ExpectInputs(1, 1);
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  import->ExpectInt8(input, "input");
  import->ExpectInt8(output, "output");
  import->ExpectOutputShape(input.shape);

  RescaleAttrs attrs;
  attrs.input_zero_point = input.zero_point();
  attrs.output.zero_point = output.zero_point();
  attrs.output.multipliers = {
      import->Checked(ReluMultiplier(input.scale(), output.scale()), "input to output")};
  import->ResolveActivation(
      import->op.kind == OpKind::kRelu6 ? fbs::Activation::RELU6 : fbs::Activation::RELU,
      &attrs.output.qmin, &attrs.output.qmax);
  import->UseInput(0);
  import->op.attrs = std::move(attrs);
}

void ImportQuantize(OpImport* import) {
  import->ExpectInputs(1, 1);
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  ExpectEightBit(*import, output, "output", "int8 or uint8");
  import->ExpectOutputShape(input.shape);
  import->UseInput(0);
  if (input.dtype == DType::kFloat32) {
    QuantizeFloatAttrs attrs;
    attrs.scale = output.scale();
    attrs.zero_point = output.zero_point();
    attrs.qmin = DTypeMin(output.dtype);
    attrs.qmax = DTypeMax(output.dtype);
    import->op.attrs = attrs;
    return;
  }
  ExpectEightBit(*import, input, "input", "float32, int8 or uint8");
  RescaleAttrs attrs;
  attrs.input_zero_point = input.zero_point();
  attrs.output.zero_point = output.zero_point();
  attrs.output.multipliers = {
      import->Checked(RescaleMultiplier(input.scale(), output.scale()), "input to output")};
  attrs.output.qmin = DTypeMin(output.dtype);
  attrs.output.qmax = DTypeMax(output.dtype);
  import->op.attrs = std::move(attrs);
}

void ImportDequantize(OpImport* import) {
  import->ExpectInputs(1, 1);
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  ExpectEightBit(*import, input, "input", "int8 or uint8");
  if (output.dtype != DType::kFloat32) {
    import->Fail(fmt::format("output \"{}\" is {}; only float32 is supported", ShortName(output),
                             DTypeName(output.dtype)));
  }
  import->ExpectOutputShape(input.shape);
  DequantizeAttrs attrs;
  attrs.scale = input.scale();
  attrs.zero_point = input.zero_point();
  import->UseInput(0);
  import->op.attrs = attrs;
}

void ImportSoftmax(OpImport* import) {
  import->ExpectInputs(1, 1);
  const auto& options = import->Options<fbs::SoftmaxOptions>();
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  import->ExpectInt8(input, "input");
  import->ExpectInt8(output, "output");
  import->ExpectOutputShape(input.shape);
  if (input.shape.empty() || input.shape.back() > kMaxSoftmaxDepth) {
    import->Fail(fmt::format("input \"{}\" has shape {}; a last dimension of at most {} would work",
                             ShortName(input), ShapeString(input.shape), kMaxSoftmaxDepth));
  }
  if (output.scale() != 1.0f / 256.0f || output.zero_point() != -128) {
    import->Fail(
        fmt::format("output has scale {} and zero point {}; int8 softmax must have "
                    "0.00390625 (1/256) and -128",
                    output.scale(), output.zero_point()));
  }
  SoftmaxAttrs attrs;
  if (!MakeSoftmaxParams(options.beta(), input.scale(), &attrs.params)) {
    import->Fail(
        fmt::format("beta {} x input scale {} must be above 2^-26", options.beta(), input.scale()));
  }
  import->UseInput(0);
  import->op.attrs = attrs;
}

}  // namespace weft::import_tflite
