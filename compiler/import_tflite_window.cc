// SPDX-License-Identifier: Apache-2.0
// What operators share beyond checks: fused activations to clamp ranges, SAME and VALID to
// numbers.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/import_tflite_op.h"

namespace weft::import_tflite {

void OpImport::ResolveActivation(fbs::Activation activation, int32_t* qmin, int32_t* qmax) const {
  const Tensor& out = Output();
  const int32_t low = DTypeMin(out.dtype);
  const int32_t high = DTypeMax(out.dtype);
  const auto bound = [&](float real) {
    return QuantizeBound(real, out.scale(), out.zero_point(), low, high);
  };
  *qmin = low;
  *qmax = high;
  switch (activation) {
    case fbs::Activation::NONE:
      return;
    case fbs::Activation::RELU:
      *qmin = bound(0.0f);
      return;
    case fbs::Activation::RELU6:
      *qmin = bound(0.0f);
      *qmax = bound(6.0f);
      return;
    case fbs::Activation::RELU_N1_TO_1:
      *qmin = bound(-1.0f);
      *qmax = bound(1.0f);
      return;
    default:
      Fail(
          fmt::format("fused activation {} is not supported; NONE, RELU, RELU6 and RELU_N1_TO_1 "
                      "are",
                      static_cast<int>(activation)));
  }
}

namespace {

// Output length and pads along one dimension; 0 if no window fits.
int ResolveSide(int length, int kernel, int stride, int dilation, bool same, int* before,
                int* after) {
  *before = *after = 0;
  if (!same) return WindowOutputLength(length, kernel, stride, dilation, 0, 0);
  const int64_t out = (int64_t{length} + stride - 1) / stride;
  const int64_t span = (int64_t{kernel} - 1) * dilation + 1;
  const int64_t total = std::max<int64_t>(0, (out - 1) * stride + span - length);
  if (total > kMaxWindow) return 0;
  *before = static_cast<int>(total / 2);
  *after = static_cast<int>(total - total / 2);
  return static_cast<int>(out);
}

}  // namespace

Window OpImport::ResolveWindow(const Tensor& input, int kernel_h, int kernel_w, int stride_h,
                               int stride_w, int dilation_h, int dilation_w, fbs::Padding padding,
                               int* out_h, int* out_w) const {
  const struct {
    const char* name;
    int value;
  } fields[] = {{"kernel height", kernel_h},     {"kernel width", kernel_w},
                {"stride height", stride_h},     {"stride width", stride_w},
                {"dilation height", dilation_h}, {"dilation width", dilation_w}};
  for (const auto& field : fields) {
    if (field.value < 1 || field.value > kMaxWindow) {
      Fail(fmt::format("{} is {}; 1 to {} would be legal", field.name, field.value, kMaxWindow));
    }
  }
  if (padding != fbs::Padding::SAME && padding != fbs::Padding::VALID) {
    Fail(fmt::format("padding scheme {} is unknown; 0 (SAME) and 1 (VALID) are legal",
                     static_cast<int>(padding)));
  }
  const bool same = padding == fbs::Padding::SAME;
  Window w;
  w.kernel_h = kernel_h;
  w.kernel_w = kernel_w;
  w.stride_h = stride_h;
  w.stride_w = stride_w;
  w.dilation_h = dilation_h;
  w.dilation_w = dilation_w;
  *out_h =
      ResolveSide(input.dim(1), kernel_h, stride_h, dilation_h, same, &w.pad_top, &w.pad_bottom);
  *out_w =
      ResolveSide(input.dim(2), kernel_w, stride_w, dilation_w, same, &w.pad_left, &w.pad_right);
  if (*out_h < 1 || *out_w < 1) {
    Fail(
        fmt::format("a window of {}x{} with dilation {}x{} and padding {} does not fit input "
                    "\"{}\" of {}x{}; a smaller window would",
                    kernel_h, kernel_w, dilation_h, dilation_w, same ? "SAME" : "VALID",
                    ShortName(input), input.dim(1), input.dim(2)));
  }
  return w;
}

}  // namespace weft::import_tflite
