// SPDX-License-Identifier: Apache-2.0
#include "compiler/reference.h"

#include <fmt/format.h>

#include "compiler/reference_kernels.h"
#include "model/error.h"

namespace weft {
namespace {

void Dispatch(const Graph& graph, const Op& op, const reference::Inputs& in, uint8_t* out) {
  switch (op.kind) {
    case OpKind::kConv2d:
      return reference::RunConv2d(graph, op, in, out);
    case OpKind::kDepthwiseConv2d:
      return reference::RunDepthwiseConv2d(graph, op, in, out);
    case OpKind::kFullyConnected:
      return reference::RunFullyConnected(op, in, out);
    case OpKind::kAdd:
      return reference::RunAdd(graph, op, in, out);
    case OpKind::kAveragePool2d:
    case OpKind::kMaxPool2d:
      return reference::RunPool2d(graph, op, in, out);
    case OpKind::kMean:
      return reference::RunMean(op, in, out);
    case OpKind::kPad:
      return reference::RunPad(graph, op, in, out);
    case OpKind::kRelu:
    case OpKind::kRelu6:
      return reference::RunRescale(graph, op, in, out);
    case OpKind::kReshape:
      return reference::RunReshape(graph, op, in, out);
    case OpKind::kTranspose:
      return reference::RunTranspose(graph, op, in, out);
    case OpKind::kConcatenation:
      return reference::RunConcatenation(graph, op, in, out);
    case OpKind::kSoftmax:
      return reference::RunSoftmax(graph, op, in, out);
    case OpKind::kQuantize:
      if (std::holds_alternative<QuantizeFloatAttrs>(op.attrs)) {
        return reference::RunQuantizeFloat(graph, op, in, out);
      }
      return reference::RunRescale(graph, op, in, out);
    case OpKind::kDequantize:
      return reference::RunDequantize(graph, op, in, out);
  }
}

void CheckBytes(const Graph& graph, int index, size_t bytes, const std::string& where) {
  const Tensor& tensor = graph.tensor(index);
  if (static_cast<int64_t>(bytes) != tensor.bytes()) {
    throw Error(fmt::format("{}: {} \"{}\" has {} bytes; shape {} of {} needs {}", graph.name,
                            where, tensor.name, bytes, ShapeString(tensor.shape),
                            DTypeName(tensor.dtype), tensor.bytes()));
  }
}

}  // namespace

const TensorData& TensorBytes(const Graph& graph, const std::vector<TensorData>& tensors, int i) {
  const Tensor& tensor = graph.tensor(i);
  return tensor.is_constant ? tensor.data : tensors[static_cast<size_t>(i)];
}

void RunOp(const Graph& graph, int op_index, std::vector<TensorData>* tensors) {
  const Op& op = graph.ops[static_cast<size_t>(op_index)];
  reference::Inputs in;
  for (int i : op.inputs) {
    const TensorData& data = TensorBytes(graph, *tensors, i);
    CheckBytes(graph, i, data.size(),
               fmt::format("operator {} ({}) input", op_index, OpKindName(op.kind)));
    in.push_back(data.data());
  }
  TensorData out(static_cast<size_t>(graph.output_of(op).bytes()));
  Dispatch(graph, op, in, out.data());
  (*tensors)[static_cast<size_t>(op.outputs[0])] = std::move(out);
}

std::vector<TensorData> RunReference(const Graph& graph, const std::vector<TensorData>& inputs) {
  return RunReference(graph, inputs, std::vector<bool>(graph.ops.size(), true));
}

std::vector<TensorData> RunReference(const Graph& graph, const std::vector<TensorData>& inputs,
                                     const std::vector<bool>& wanted) {
  if (inputs.size() != graph.inputs.size()) {
    throw Error(fmt::format("{}: {} inputs given; the model has {}", graph.name, inputs.size(),
                            graph.inputs.size()));
  }
  std::vector<TensorData> tensors(graph.tensors.size());
  for (size_t i = 0; i < inputs.size(); ++i) {
    CheckBytes(graph, graph.inputs[i], inputs[i].size(), fmt::format("input {}", i));
    tensors[static_cast<size_t>(graph.inputs[i])] = inputs[i];
  }
  for (size_t i = 0; i < graph.ops.size(); ++i)
    if (wanted[i]) RunOp(graph, static_cast<int>(i), &tensors);
  return tensors;
}

void AddProducers(const Graph& graph, std::vector<bool>* wanted) {
  std::vector<bool> read(graph.tensors.size());
  for (size_t i = graph.ops.size(); i-- > 0;) {
    const Op& op = graph.ops[i];
    if (read[static_cast<size_t>(op.outputs[0])]) (*wanted)[i] = true;
    if (!(*wanted)[i]) continue;
    for (int t : op.inputs) read[static_cast<size_t>(t)] = true;
  }
}

std::vector<TensorData> RunReferenceBatch(const Graph& graph,
                                          const std::vector<TensorData>& inputs) {
  if (inputs.size() != graph.inputs.size()) {
    throw Error(fmt::format("{}: {} inputs given; the model has {}", graph.name, inputs.size(),
                            graph.inputs.size()));
  }
  size_t batch = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    const size_t bytes = static_cast<size_t>(tensor.bytes());
    const size_t n = inputs[i].size() / bytes;
    if (n == 0 || inputs[i].size() % bytes != 0 || (i > 0 && n != batch)) {
      throw Error(fmt::format("{}: input {} \"{}\" has {} bytes; {} x {} bytes ({} {}) would fit",
                              graph.name, i, tensor.name, inputs[i].size(),
                              i > 0 ? std::to_string(batch) : std::string("N"), bytes,
                              DTypeName(tensor.dtype), ShapeString(tensor.shape)));
    }
    batch = n;
  }
  std::vector<TensorData> outputs(graph.outputs.size());
  for (size_t n = 0; n < batch; ++n) {
    std::vector<TensorData> one;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const size_t bytes = inputs[i].size() / batch;
      const auto begin = inputs[i].begin() + static_cast<std::ptrdiff_t>(n * bytes);
      one.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(bytes));
    }
    const std::vector<TensorData> tensors = RunReference(graph, one);
    for (size_t i = 0; i < outputs.size(); ++i) {
      const TensorData& data = tensors[static_cast<size_t>(graph.outputs[i])];
      outputs[i].insert(outputs[i].end(), data.begin(), data.end());
    }
  }
  return outputs;
}

}  // namespace weft
