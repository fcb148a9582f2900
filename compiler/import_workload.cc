// SPDX-License-Identifier: Apache-2.0
#include "compiler/import_workload.h"

#include <cmath>
#include <utility>

#include "compiler/fill.h"
#include "compiler/import_tflite.h"
#include "compiler/workload_scale.h"

namespace weft {
namespace {

// Sequences of a seed: eight for every layer.
enum TensorKind : uint64_t { kFirstInput, kSecondInput, kWeights, kBiases, kSilent };

uint64_t Stream(size_t layer, uint64_t kind) { return layer * 8 + kind; }

constexpr double kSilence = 8;  // standard deviations that keep a channel at zero

std::vector<uint8_t> LittleEndian(const std::vector<int32_t>& values) {
  std::vector<uint8_t> bytes;
  for (int32_t value : values)
    for (int b = 0; b < 4; ++b)
      bytes.push_back(static_cast<uint8_t>(static_cast<uint32_t>(value) >> (8 * b)));
  return bytes;
}

class Builder {
 public:
  Builder(const Workload& workload, const std::string& name)
      : workload_(workload), scales_(ScaleLayers(workload)) {
    graph_.name = name;
    graph_.seed = workload.seed;
    graph_.relu_zeros = workload.zeros.value_or(graph_.relu_zeros);
  }

  Graph Build() {
    std::vector<bool> read(workload_.layers.size());
    for (size_t i = 0; i < workload_.layers.size(); ++i) {
      AddLayer(i);
      for (int input : workload_.layers[i].inputs) read[static_cast<size_t>(input)] = true;
    }
    for (size_t i = 0; i < read.size(); ++i)
      if (!read[i]) graph_.outputs.push_back(outputs_[i]);
    return std::move(graph_);
  }

 private:
  int AddTensor(std::string name, DType dtype, std::vector<int> shape, float scale,
                int zero_point) {
    Tensor t;
    t.name = std::move(name);
    t.dtype = dtype;
    t.shape = std::move(shape);
    t.scales = {scale};
    t.zero_points = {zero_point};
    graph_.tensors.push_back(std::move(t));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  int AddConstant(std::string name, DType dtype, std::vector<int> shape, float scale,
                  std::vector<uint8_t> data) {
    const int t = AddTensor(std::move(name), dtype, std::move(shape), scale, 0);
    graph_.tensors.back().is_constant = true;
    graph_.tensors.back().data = std::move(data);
    return t;
  }

  // The tensors that layer i reads: those of earlier layers, or new inputs of the graph.
  std::vector<int> Inputs(size_t i) {
    const WorkloadLayer& layer = workload_.layers[i];
    std::vector<int> inputs;
    for (int input : layer.inputs) inputs.push_back(outputs_[static_cast<size_t>(input)]);
    if (!inputs.empty()) return inputs;
    const bool two = layer.type == WorkloadType::kAdd;
    for (uint64_t kind = kFirstInput; kind <= (two ? kSecondInput : kFirstInput); ++kind) {
      const char* ending = kind == kFirstInput ? "/input" : "/input2";
      inputs.push_back(AddTensor(layer.name + ending, DType::kInt8, layer.in_shape, kInputScale,
                                 kActivationZero));
      graph_.inputs.push_back(inputs.back());
      graph_.fills.push_back(
          {InputZeros(workload_, layer), workload_.zeros_kind, Stream(i, kind)});
    }
    return inputs;
  }

  void AddLayer(size_t i) {
    const WorkloadLayer& layer = workload_.layers[i];
    Op op;
    op.name = layer.name;
    op.source_index = static_cast<int>(i);
    op.inputs = Inputs(i);
    const int out = AddTensor(layer.name, DType::kInt8, layer.out_shape, scales_[i].scale,
                              scales_[i].zero_point);
    op.outputs = {out};
    switch (layer.type) {
      case WorkloadType::kConv:
      case WorkloadType::kDepthwise:
        AddConstants(i, &op);
        MakeConv(layer, &op);
        break;
      case WorkloadType::kMatmul:
        AddConstants(i, &op);
        MakeMatmul(layer, &op);
        break;
      case WorkloadType::kAdd:
        MakeAdd(&op);
        break;
      case WorkloadType::kMaxPool:
      case WorkloadType::kAveragePool:
        MakePool(layer, &op);
        break;
    }
    outputs_.push_back(out);
    graph_.ops.push_back(std::move(op));
  }

  void AddConstants(size_t i, Op* op) {
    const WorkloadLayer& layer = workload_.layers[i];
    const float input_scale = graph_.tensor(op->inputs[0]).scale();
    const float scale = static_cast<float>(1 / (input_scale * scales_[i].sum_sigma));
    const std::vector<int> shape = layer.weight_shape();
    int64_t count = 1;
    for (int size : shape) count *= size;
    op->inputs.push_back(AddConstant(
        layer.name + "/weights", DType::kInt8, shape, scale,
        FillWeights(layer.weight_zeros, count, workload_.seed, Stream(i, kWeights))));
    std::vector<int32_t> biases =
        FillBiases(kMostBias, layer.out_channels(), workload_.seed, Stream(i, kBiases));
    const auto shift = static_cast<int32_t>(std::llround(scales_[i].shift * scales_[i].sum_sigma));
    for (int32_t& bias : biases) bias += shift;
    const auto silence = static_cast<int32_t>(std::llround(kSilence * scales_[i].sum_sigma));
    for (int c : ChooseChannels(scales_[i].silent, layer.out_channels(), workload_.seed,
                                Stream(i, kSilent)))
      biases[static_cast<size_t>(c)] = -silence;
    op->inputs.push_back(AddConstant(layer.name + "/bias", DType::kInt32, {layer.out_channels()},
                                     input_scale * scale, LittleEndian(biases)));
  }

  OutputStage Stage(const WorkloadLayer& layer, const Op& op) const {
    const Tensor& out = graph_.output_of(op);
    OutputStage stage;
    stage.zero_point = out.zero_point();
    stage.multipliers.assign(static_cast<size_t>(layer.out_channels()),
                             ConvMultiplier(graph_.input_of(op, 0).scale(),
                                            graph_.input_of(op, 1).scale(), out.scale()));
    return stage;
  }

  void MakeConv(const WorkloadLayer& layer, Op* op) const {
    const bool depthwise = layer.type == WorkloadType::kDepthwise;
    op->kind = depthwise ? OpKind::kDepthwiseConv2d : OpKind::kConv2d;
    ConvAttrs attrs;
    attrs.window = layer.window;
    attrs.groups = depthwise ? layer.in_channels() : layer.groups;
    attrs.depth_multiplier = depthwise ? layer.out_channels() / layer.in_channels() : 1;
    attrs.input_zero_point = graph_.input_of(*op, 0).zero_point();
    attrs.weight_zero_points.assign(static_cast<size_t>(layer.out_channels()), 0);
    attrs.output = Stage(layer, *op);
    op->attrs = std::move(attrs);
  }

  void MakeMatmul(const WorkloadLayer& layer, Op* op) const {
    op->kind = OpKind::kFullyConnected;
    FullyConnectedAttrs attrs;
    attrs.batch = layer.in_shape[0];
    attrs.depth = layer.in_shape[1];
    attrs.units = layer.out_channels();
    attrs.input_zero_point = graph_.input_of(*op, 0).zero_point();
    attrs.weight_zero_points.assign(static_cast<size_t>(attrs.units), 0);
    attrs.output = Stage(layer, *op);
    op->attrs = std::move(attrs);
  }

  void MakeAdd(Op* op) const {
    op->kind = OpKind::kAdd;
    const Tensor &a = graph_.input_of(*op, 0), &b = graph_.input_of(*op, 1),
                 &out = graph_.output_of(*op);
    AddAttrs attrs;
    MakeAddMultipliers(a.scale(), b.scale(), out.scale(), &attrs.params);
    attrs.params.input_zero_point[0] = a.zero_point();
    attrs.params.input_zero_point[1] = b.zero_point();
    attrs.params.output_zero_point = out.zero_point();
    op->attrs = attrs;
  }

  void MakePool(const WorkloadLayer& layer, Op* op) const {
    op->kind = layer.type == WorkloadType::kMaxPool ? OpKind::kMaxPool2d : OpKind::kAveragePool2d;
    PoolAttrs attrs;
    attrs.window = layer.window;
    attrs.zero_point = graph_.input_of(*op, 0).zero_point();
    op->attrs = attrs;
  }

  const Workload& workload_;
  const std::vector<LayerScale> scales_;
  Graph graph_;
  std::vector<int> outputs_;  // tensor of every layer
};

bool EndsWith(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

}  // namespace

Graph ImportWorkload(const Workload& workload, const std::string& name) {
  return Builder(workload, name).Build();
}

bool IsWorkloadName(const std::string& name) {
  return EndsWith(name, ".yaml") || EndsWith(name, ".yml");
}

Graph ImportModel(const std::vector<uint8_t>& bytes, const std::string& name) {
  if (!IsWorkloadName(name)) return ImportTflite(bytes, name);
  return ImportWorkload(ParseWorkload(std::string(bytes.begin(), bytes.end()), name), name);
}

}  // namespace weft
