// SPDX-License-Identifier: Apache-2.0
#include "compiler/fuse.h"

#include <algorithm>

namespace weft {
namespace {

bool IsConvolution(const Op& op) {
  return op.kind == OpKind::kConv2d || op.kind == OpKind::kDepthwiseConv2d;
}

bool Contains(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

struct Uses {
  std::vector<int> producer;               // tensor -> operator, -1
  std::vector<std::vector<int>> readers;   // tensor -> operators
};

Uses FindUses(const Graph& graph) {
  Uses uses;
  uses.producer.assign(graph.tensors.size(), -1);
  uses.readers.resize(graph.tensors.size());
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    for (int t : graph.ops[i].outputs) uses.producer[static_cast<size_t>(t)] = static_cast<int>(i);
    for (int t : graph.ops[i].inputs) uses.readers[static_cast<size_t>(t)].push_back(static_cast<int>(i));
  }
  return uses;
}

// A PAD of height and width with the zero point of every convolution that reads it.
bool FoldsAway(const Graph& graph, const Uses& uses, const Op& pad) {
  const PadAttrs& a = std::get<PadAttrs>(pad.attrs);
  const int out = pad.outputs[0];
  if (a.before.size() != 4 || a.value.size() != 1 || Contains(graph.outputs, out)) return false;
  if (a.before[0] || a.after[0] || a.before[3] || a.after[3]) return false;
  const auto& readers = uses.readers[static_cast<size_t>(out)];
  if (readers.empty()) return false;
  for (int r : readers) {
    const Op& op = graph.ops[static_cast<size_t>(r)];
    if (!IsConvolution(op) || op.inputs[0] != out) return false;
    if (static_cast<uint8_t>(op.conv().input_zero_point) != a.value[0]) return false;
    for (const Multiplier& m : op.conv().output.multipliers)
      if (m.exponent > 1) return false;  // would run on the host, unpadded
  }
  return true;
}

// The convolution or matrix product that can do `add` as its residual; -1 if none.
int ResidualHost(const Graph& graph, const Uses& uses, const Op& add) {
  int best = -1;
  for (int side = 0; side < 2; ++side) {
    const int value = add.inputs[static_cast<size_t>(side)], other = add.inputs[static_cast<size_t>(1 - side)];
    if (value == other || Contains(graph.outputs, value)) continue;
    if (uses.readers[static_cast<size_t>(value)].size() != 1) continue;
    const int host = uses.producer[static_cast<size_t>(value)];
    if (host < 0 || uses.producer[static_cast<size_t>(other)] >= host) continue;
    const Op& op = graph.ops[static_cast<size_t>(host)];
    const OutputStage* stage = nullptr;
    if (op.kind == OpKind::kConv2d && op.conv().groups == 1) stage = &op.conv().output;
    if (op.kind == OpKind::kDepthwiseConv2d && op.conv().depth_multiplier == 1) stage = &op.conv().output;
    if (op.kind == OpKind::kFullyConnected) stage = &op.fully_connected().output;
    if (stage == nullptr || graph.tensor(other).shape != graph.tensor(value).shape) continue;
    if (stage->rounding != add.add().params.rounding) continue;
    bool supported = true;
    for (const Multiplier& m : stage->multipliers) supported &= m.exponent <= 1;
    if (supported) best = std::max(best, host);
  }
  return best;
}

bool RunsOnArray(const Op& op) {
  switch (op.kind) {
    case OpKind::kConv2d:
    case OpKind::kDepthwiseConv2d:
    case OpKind::kFullyConnected:
    case OpKind::kAdd:
    case OpKind::kAveragePool2d:
    case OpKind::kMaxPool2d:
    case OpKind::kMean:
    case OpKind::kRelu:
    case OpKind::kRelu6:
      return true;
    default:
      return false;
  }
}

// All parts agree in scale, lie evenly in the result, and nobody but this operator reads them.
bool IsFreeConcatenation(const Graph& graph, const Uses& uses, const Op& op) {
  const ConcatenationAttrs& a = std::get<ConcatenationAttrs>(op.attrs);
  const Tensor& out = graph.tensor(op.outputs[0]);
  if (!a.rescale.empty() || DTypeBytes(out.dtype) != 1) return false;
  int64_t outer = 1;
  for (int i = 0; i < a.axis; ++i) outer *= out.dim(i);
  if (a.axis != out.rank() - 1 && outer != 1) return false;
  for (int t : op.inputs) {
    const int producer = uses.producer[static_cast<size_t>(t)];
    if (producer < 0 || Contains(graph.outputs, t)) return false;
    if (!RunsOnArray(graph.ops[static_cast<size_t>(producer)])) return false;
    if (uses.readers[static_cast<size_t>(t)].size() != 1) return false;
  }
  return true;
}

}  // namespace

std::vector<int> Fusion::OpsOf(int op) const {
  std::vector<int> ops;
  const Op& first = graph_->ops[static_cast<size_t>(op)];
  if (IsConvolution(first)) {
    const int pad = pad_of_tensor_[static_cast<size_t>(first.inputs[0])];
    if (pad >= 0) ops.push_back(pad);
  }
  ops.push_back(op);
  if (residual_add_of(op) >= 0) ops.push_back(residual_add_of(op));
  return ops;
}

int Fusion::InputOf(const Op& op, int i) const {
  const int t = op.inputs[static_cast<size_t>(i)];
  const int pad = pad_of_tensor_[static_cast<size_t>(t)];
  return pad < 0 ? t : graph_->ops[static_cast<size_t>(pad)].inputs[0];
}

void Fusion::AddPadding(const Op& op, ArrayLayer* layer) const {
  const int pad = pad_of_tensor_[static_cast<size_t>(op.inputs[0])];
  if (pad < 0) return;
  const PadAttrs& a = std::get<PadAttrs>(graph_->ops[static_cast<size_t>(pad)].attrs);
  layer->pad_top += a.before[1];
  layer->pad_left += a.before[2];
}

Fusion FuseOperators(const Graph& graph, bool enabled) {
  Fusion f;
  f.graph_ = &graph;
  f.absorbed_.assign(graph.ops.size(), false);
  f.residual_add_.assign(graph.ops.size(), -1);
  f.free_.assign(graph.ops.size(), false);
  f.pad_of_tensor_.assign(graph.tensors.size(), -1);
  const Uses uses = FindUses(graph);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (!enabled && op.kind != OpKind::kReshape) continue;
    if (op.kind == OpKind::kPad && FoldsAway(graph, uses, op)) {
      f.pad_of_tensor_[static_cast<size_t>(op.outputs[0])] = static_cast<int>(i);
      f.absorbed_[i] = true;
    } else if (op.kind == OpKind::kAdd) {
      const int host = ResidualHost(graph, uses, op);
      if (host >= 0 && f.residual_add_[static_cast<size_t>(host)] < 0) {
        f.residual_add_[static_cast<size_t>(host)] = static_cast<int>(i);
        f.absorbed_[i] = true;
      }
    } else if (op.kind == OpKind::kReshape ||
               (op.kind == OpKind::kConcatenation && IsFreeConcatenation(graph, uses, op))) {
      f.free_[i] = f.absorbed_[i] = true;
    }
  }
  return f;
}

void PlaceTensors(const Graph& graph, const Fusion& fusion, Plan* plan) {
  plan->places.assign(graph.tensors.size(), TensorPlace());
  auto pixel_bytes = [&](int t) {
    const Tensor& tensor = graph.tensor(t);
    return static_cast<int64_t>(tensor.rank() > 0 ? tensor.shape.back() : 1) * DTypeBytes(tensor.dtype);
  };
  auto fresh = [&](int t) {
    TensorPlace& place = plan->places[static_cast<size_t>(t)];
    if (place.buffer >= 0) return;
    const Tensor& tensor = graph.tensor(t);
    Buffer buffer;
    buffer.bytes = tensor.bytes();
    buffer.constant = tensor.is_constant;
    if (tensor.is_constant) buffer.data = tensor.data;
    place = {static_cast<int>(plan->buffers.size()), 0, pixel_bytes(t)};
    plan->buffers.push_back(std::move(buffer));
  };
  // Results of free concatenations first: their parts lie inside.
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (op.kind != OpKind::kConcatenation || !fusion.free_[i]) continue;
    fresh(op.outputs[0]);
    const TensorPlace whole = plan->places[static_cast<size_t>(op.outputs[0])];
    const Tensor& out = graph.tensor(op.outputs[0]);
    const int axis = std::get<ConcatenationAttrs>(op.attrs).axis;
    int64_t inner = 1;
    for (int d = axis + 1; d < out.rank(); ++d) inner *= out.dim(d);
    int64_t offset = whole.offset;
    for (int t : op.inputs) {
      const bool by_pixel = axis == out.rank() - 1;
      plan->places[static_cast<size_t>(t)] = {whole.buffer, offset,
                                              by_pixel ? whole.pixel_stride : pixel_bytes(t)};
      offset += graph.tensor(t).dim(axis) * inner;
    }
  }
  for (int t : graph.inputs) fresh(t);
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    const Op& op = graph.ops[i];
    if (op.kind == OpKind::kReshape) {
      fresh(op.inputs[0]);
      TensorPlace place = plan->places[static_cast<size_t>(op.inputs[0])];
      place.pixel_stride = pixel_bytes(op.outputs[0]);
      plan->places[static_cast<size_t>(op.outputs[0])] = place;
      continue;
    }
    if (fusion.absorbed_[i] && op.kind == OpKind::kPad) continue;
    const bool weighted = op.kind == OpKind::kConv2d || op.kind == OpKind::kDepthwiseConv2d ||
                          op.kind == OpKind::kFullyConnected;
    const size_t activations = weighted ? 1 : op.inputs.size();
    for (size_t k = 0; k < activations; ++k) {
      const int t = fusion.InputOf(op, static_cast<int>(k));
      // A value that its residual add consumes at once never reaches memory.
      bool internal = false;
      if (op.kind == OpKind::kAdd) {
        for (size_t h = 0; h < graph.ops.size(); ++h)
          internal |= fusion.residual_add_[h] == static_cast<int>(i) && graph.ops[h].outputs[0] == t;
      }
      if (!internal) fresh(t);
    }
    if (fusion.residual_add_[i] < 0) fresh(op.outputs[0]);
  }
  for (int t : graph.outputs) fresh(t);
}

void SetLifetimes(const Graph& graph, Plan* plan) {
  const int steps = static_cast<int>(plan->steps.size());
  std::vector<bool> seen(plan->buffers.size(), false);
  auto touch = [&](int buffer, int step) {
    if (buffer < 0) return;
    Buffer& b = plan->buffers[static_cast<size_t>(buffer)];
    if (!seen[static_cast<size_t>(buffer)]) {
      seen[static_cast<size_t>(buffer)] = true;
      b.first_step = b.last_step = step;
    }
    b.first_step = std::min(b.first_step, step);
    b.last_step = std::max(b.last_step, step);
  };
  auto buffer_of = [&](int t) { return plan->places[static_cast<size_t>(t)].buffer; };
  for (int t : graph.inputs) touch(buffer_of(t), -1);
  for (int t : graph.outputs) touch(buffer_of(t), steps);
  for (int s = 0; s < steps; ++s) {
    const Step& step = plan->steps[static_cast<size_t>(s)];
    touch(buffer_of(step.output_tensor), s);
    for (const ArrayLayer& layer : step.layers) {
      touch(layer.in.buffer, s);
      if (layer.has_residual) touch(layer.residual.buffer, s);
    }
    if (step.on_accelerator) continue;
    for (int op : step.ops)
      for (int t : graph.ops[static_cast<size_t>(op)].inputs) touch(buffer_of(t), s);
  }
}

}  // namespace weft
