// SPDX-License-Identifier: Apache-2.0
// PAD, RESHAPE, TRANSPOSE, CONCATENATION: bytes move, elements of any size.

#include <cstring>

#include "compiler/reference_kernels.h"

namespace weft::reference {

std::vector<int64_t> Strides(const std::vector<int>& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

namespace {

// Steps through all positions of `shape` in row-major order; f(offset) where offset moves
// by strides[d] per step in dimension d, from start.
template <typename F>
void Walk(const std::vector<int>& shape, const std::vector<int64_t>& strides, int64_t start, F f) {
  int64_t count = 1;
  for (int d : shape) count *= d;
  std::vector<int> at(shape.size(), 0);
  int64_t offset = start;
  for (int64_t k = 0; k < count; ++k) {
    f(offset);
    for (size_t d = shape.size(); d-- > 0;) {
      offset += strides[d];
      if (++at[d] < shape[d]) break;
      offset -= strides[d] * shape[d];
      at[d] = 0;
    }
  }
}

}  // namespace

void RunPad(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<PadAttrs>(op.attrs);
  const Tensor& input = graph.input_of(op, 0);
  const Tensor& output = graph.output_of(op);
  const size_t size = attrs.value.size();
  for (int64_t k = 0; k < output.elements(); ++k) {
    std::memcpy(out + static_cast<size_t>(k) * size, attrs.value.data(), size);
  }
  const std::vector<int64_t> strides = Strides(output.shape);
  int64_t start = 0;
  for (size_t d = 0; d < strides.size(); ++d) start += strides[d] * attrs.before[d];
  const uint8_t* from = in[0];
  Walk(input.shape, strides, start, [&](int64_t to) {
    std::memcpy(out + static_cast<size_t>(to) * size, from, size);
    from += size;
  });
}

void RunReshape(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  std::memcpy(out, in[0], static_cast<size_t>(graph.output_of(op).bytes()));
}

void RunTranspose(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<TransposeAttrs>(op.attrs);
  const Tensor& output = graph.output_of(op);
  const size_t size = static_cast<size_t>(DTypeBytes(output.dtype));
  const std::vector<int64_t> own = Strides(graph.input_of(op, 0).shape);
  std::vector<int64_t> strides;
  for (int p : attrs.perm) strides.push_back(own[static_cast<size_t>(p)]);
  Walk(output.shape, strides, 0, [&](int64_t from) {
    std::memcpy(out, in[0] + static_cast<size_t>(from) * size, size);
    out += size;
  });
}

void RunConcatenation(const Graph& graph, const Op& op, const Inputs& in, uint8_t* out) {
  const auto& attrs = std::get<ConcatenationAttrs>(op.attrs);
  const Tensor& output = graph.output_of(op);
  int64_t outer = 1;
  for (int d = 0; d < attrs.axis; ++d) outer *= output.dim(d);
  for (int64_t row = 0; row < outer; ++row) {
    for (size_t i = 0; i < in.size(); ++i) {
      const int64_t bytes = graph.input_of(op, static_cast<int>(i)).bytes() / outer;
      const uint8_t* from = in[i] + row * bytes;
      if (attrs.rescale.empty()) {
        std::memcpy(out, from, static_cast<size_t>(bytes));
      } else {
        const RescaleAttrs& rescale = attrs.rescale[i];
        const OutputStage& stage = rescale.output;
        for (int64_t k = 0; k < bytes; ++k) {
          const int32_t value = static_cast<int8_t>(from[k]) - rescale.input_zero_point;
          out[k] = static_cast<uint8_t>(Requantize(value, stage.multipliers[0], stage.rounding,
                                                   stage.zero_point, stage.qmin, stage.qmax));
        }
      }
      out += bytes;
    }
  }
}

}  // namespace weft::reference
