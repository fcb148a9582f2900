// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D, MAX_POOL_2D and MEAN.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {
namespace {

constexpr int64_t kMaxPoolTaps = (int64_t{1} << 31) / 128 / 2;

// Which dimensions of the input MEAN reduces.
std::vector<bool> ReducedAxes(const OpImport& import, const Tensor& input) {
  std::vector<bool> reduced(input.shape.size(), false);
  const int rank = input.rank();
  for (int64_t axis : import.ConstantIntegers(1, "axes")) {
    if (axis < -rank || axis >= rank) {
      import.Fail(fmt::format("axis {} is outside the {} dimensions of the input", axis, rank));
    }
    reduced[static_cast<size_t>(axis < 0 ? axis + rank : axis)] = true;
  }
  return reduced;
}

}  // namespace

void ImportPool2d(OpImport* import) {
  import->ExpectInputs(1, 1);
  const auto& options = import->Options<fbs::Pool2DOptions>();
  const Tensor& input = import->Input(0);
  import->ExpectInt8(input, "input");
  import->ExpectInt8(import->Output(), "output");
  import->ExpectRank(input, 4, "input");
  import->ExpectSameQuantization(input, import->Output(), "pooling needs them equal");

  PoolAttrs attrs;
  int out_h = 0, out_w = 0;
  attrs.window =
      import->ResolveWindow(input, options.filter_h(), options.filter_w(), options.stride_h(),
                            options.stride_w(), 1, 1, options.padding(), &out_h, &out_w);
  import->ExpectOutputShape({input.dim(0), out_h, out_w, input.dim(3)});
  const int64_t taps = int64_t{std::min(options.filter_h(), input.dim(1))} *
                       std::min(options.filter_w(), input.dim(2));
  if (taps > kMaxPoolTaps) {
    import->Fail(
        fmt::format("a window of {} values overflows the 32-bit sum; at most {} would work", taps,
                    kMaxPoolTaps));
  }
  attrs.zero_point = input.zero_point();
  import->ResolveActivation(options.fused_activation(), &attrs.qmin, &attrs.qmax);
  import->UseInput(0);
  import->op.attrs = attrs;
}

void ImportMean(OpImport* import) {
  import->ExpectInputs(2, 2);
  const auto* options = import->OptionalOptions<fbs::ReducerOptions>();
  const Tensor& input = import->Input(0);
  const Tensor& output = import->Output();
  import->ExpectInt8(input, "input");
  import->ExpectInt8(output, "output");
  const std::vector<bool> reduced = ReducedAxes(*import, input);
  const bool keep_dims = options != nullptr && options->keep_dims();
  MeanAttrs attrs;
  std::vector<int> shape;
  bool began = false, ended = false;
  for (size_t d = 0; d < reduced.size(); ++d) {
    const int size = input.shape[d];
    if (!reduced[d] || keep_dims) shape.push_back(reduced[d] ? 1 : size);
    if (size == 1) continue;  // on whichever side, it changes nothing
    if (reduced[d] && ended) {
      import->Fail(
          fmt::format("reduces dimensions of {} that are not neighbours; neighbouring "
                      "ones, such as height and width, are supported",
                      ShapeString(input.shape)));
    }
    began = began || reduced[d];
    ended = began && !reduced[d];
    (reduced[d] ? attrs.count : ended ? attrs.inner : attrs.outer) *= size;
  }
  import->ExpectOutputShape(shape);

  attrs.input_zero_point = input.zero_point();
  attrs.output.zero_point = output.zero_point();
  const Multiplier scale =
      import->Checked(RescaleMultiplier(input.scale(), output.scale()), "input to output");
  attrs.output.multipliers = {MeanMultiplier(scale, attrs.count)};
  import->UseInput(0);
  import->op.attrs = std::move(attrs);
}

}  // namespace weft::import_tflite
