// SPDX-License-Identifier: Apache-2.0
// Operators that move elements: PAD, RESHAPE, TRANSPOSE, CONCATENATION. As in TFLite, the
// first three move the bytes as they are, whatever the scales of input and output say.

#include <fmt/format.h>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {
namespace {

void ExpectSameType(const OpImport& import, const Tensor& input) {
  if (input.dtype != import.Output().dtype) {
    import.Fail(fmt::format("input \"{}\" is {} and the output {}; they must be the same",
                            ShortName(input), DTypeName(input.dtype),
                            DTypeName(import.Output().dtype)));
  }
}

}  // namespace

void ImportPad(OpImport* import) {
  import->ExpectInputs(2, 2);
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  ExpectSameType(*import, input);
  const std::vector<int64_t> table = import->ConstantIntegers(1, "paddings");
  if (table.size() != 2 * input.shape.size()) {
    import->Fail(fmt::format("paddings have {} elements; {} dimensions need 2 each", table.size(),
                             input.rank()));
  }
  PadAttrs attrs;
  std::vector<int> shape;
  for (size_t i = 0; i < input.shape.size(); ++i) {
    const int64_t before = table[2 * i];
    const int64_t after = table[2 * i + 1];
    if (before < 0 || after < 0 || before > kMaxWindow || after > kMaxWindow) {
      import->Fail(
          fmt::format("padding of dimension {} is {} before and {} after; 0 to {} would "
                      "be legal",
                      i, before, after, kMaxWindow));
    }
    attrs.before.push_back(static_cast<int>(before));
    attrs.after.push_back(static_cast<int>(after));
    shape.push_back(
        static_cast<int>(std::min<int64_t>(input.shape[i] + before + after, INT32_MAX)));
  }
  import->ExpectOutputShape(shape);
  // The real number 0: the zero point, which is 0 where there is none.
  if (DTypeBytes(input.dtype) == 1) {
    attrs.value = {static_cast<uint8_t>(output.zero_point())};
  } else if (input.dtype == DType::kFloat32) {
    attrs.value = {0, 0, 0, 0};
  } else {
    import->Fail(fmt::format("input \"{}\" is {}; int8, uint8 and float32 are supported",
                             ShortName(input), DTypeName(input.dtype)));
  }
  import->UseInput(0);
  import->op.attrs = std::move(attrs);
}

void ImportReshape(OpImport* import) {
  import->ExpectInputs(1, 2);
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  ExpectSameType(*import, input);
  if (input.elements() != output.elements()) {
    import->Fail(
        fmt::format("input has shape {} and the output {}; they must have as many elements",
                    ShapeString(input.shape), ShapeString(output.shape)));
  }
  std::vector<int64_t> target;
  bool stated = false;
  if (import->HasInput(1)) {
    target = import->ConstantIntegers(1, "new shape");
    stated = true;
  } else if (const auto* options = import->OptionalOptions<fbs::ReshapeOptions>()) {
    if (options->new_shape() != nullptr) {
      target.assign(options->new_shape()->begin(), options->new_shape()->end());
      stated = true;
    }
  }
  bool agrees = !stated || target.size() == output.shape.size();
  for (size_t i = 0; agrees && i < target.size(); ++i) {
    agrees = target[i] == -1 || target[i] == output.shape[i];
  }
  if (!agrees) {
    std::string text;
    for (size_t i = 0; i < target.size() && i < 8; ++i) text += fmt::format(" {}", target[i]);
    import->Fail(fmt::format("new shape [{} ] disagrees with the output's shape {}", text,
                             ShapeString(output.shape)));
  }
  import->UseInput(0);
  import->op.attrs = ReshapeAttrs{};
}

void ImportTranspose(OpImport* import) {
  import->ExpectInputs(2, 2);
  const Tensor& input = import->Input(0);
  ExpectSameType(*import, input);
  const std::vector<int64_t> perm = import->ConstantIntegers(1, "permutation");
  const size_t rank = input.shape.size();
  std::vector<bool> seen(rank, false);
  TransposeAttrs attrs;
  std::vector<int> shape;
  for (int64_t value : perm) {
    const int64_t p = value < 0 ? value + static_cast<int64_t>(rank) : value;
    if (p < 0 || p >= static_cast<int64_t>(rank) || seen[static_cast<size_t>(p)]) break;
    seen[static_cast<size_t>(p)] = true;
    attrs.perm.push_back(static_cast<int>(p));
    shape.push_back(input.dim(static_cast<int>(p)));
  }
  if (perm.size() != rank || attrs.perm.size() != rank) {
    import->Fail(
        fmt::format("the permutation's {} entries do not name each of the {} dimensions "
                    "once",
                    perm.size(), rank));
  }
  import->ExpectOutputShape(shape);
  import->UseInput(0);
  import->op.attrs = std::move(attrs);
}

void ImportConcatenation(OpImport* import) {
  import->ExpectInputs(1, 1 << 16);
  const auto& options = import->Options<fbs::ConcatenationOptions>();
  const Tensor& output = import->Output();
  if (options.fused_activation() != fbs::Activation::NONE) {
    import->Fail("a fused activation is not supported; a separate RELU or RELU6 is");
  }
  const Tensor& first = import->Input(0);
  const int axis = options.axis() < 0 ? options.axis() + first.rank() : options.axis();
  if (axis < 0 || axis >= first.rank()) {
    import->Fail(fmt::format("axis {} is outside the {} dimensions of the inputs", options.axis(),
                             first.rank()));
  }
  std::vector<int> shape = first.shape;
  int64_t length = 0;
  bool agrees = true;
  for (int i = 0; i < import->input_count(); ++i) {
    const Tensor& part = import->Input(i);
    ExpectSameType(*import, part);
    std::vector<int> other = part.shape;
    if (other.size() == shape.size()) other[static_cast<size_t>(axis)] = first.dim(axis);
    if (other != first.shape) {
      import->Fail(
          fmt::format("input {} has shape {} and input 0 {}; they may differ only in "
                      "dimension {}",
                      i, ShapeString(part.shape), ShapeString(first.shape), axis));
    }
    length += part.dim(axis);
    agrees = agrees && part.scale() == output.scale() && part.zero_point() == output.zero_point();
    import->UseInput(i);
  }
  shape[static_cast<size_t>(axis)] = static_cast<int>(std::min<int64_t>(length, INT32_MAX));
  import->ExpectOutputShape(shape);

  ConcatenationAttrs attrs;
  attrs.axis = axis;
  for (int i = 0; !agrees && i < import->input_count(); ++i) {
    const Tensor& part = import->Input(i);
    import->ExpectInt8(part, fmt::format("input {}", i));
    import->ExpectInt8(output, "output");
    RescaleAttrs rescale;
    rescale.input_zero_point = part.zero_point();
    rescale.output.zero_point = output.zero_point();
    rescale.output.multipliers = {import->Checked(RescaleMultiplier(part.scale(), output.scale()),
                                                  fmt::format("input {} to output", i))};
    attrs.rescale.push_back(std::move(rescale));
  }
  import->op.attrs = std::move(attrs);
}

}  // namespace weft::import_tflite
