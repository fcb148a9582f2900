// SPDX-License-Identifier: Apache-2.0
#include "sim/session.h"

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "model/error.h"

namespace weft {
namespace {

// Tensors that are known before `step` runs: the model's inputs, and what the operators of earlier
// steps and those that only change addresses have computed by then.
std::vector<bool> KnownBefore(const Graph& graph, const Plan& plan, int step) {
  std::vector<int> step_of(graph.ops.size(), -1);
  for (size_t s = 0; s < plan.steps.size(); ++s)
    for (int op : plan.steps[s].ops) step_of[static_cast<size_t>(op)] = static_cast<int>(s);
  std::vector<bool> known(graph.tensors.size());
  for (size_t t = 0; t < known.size(); ++t) known[t] = graph.tensors[t].is_constant;
  for (int t : graph.inputs) known[static_cast<size_t>(t)] = true;
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    bool computed = step_of[i] < step;
    for (int t : graph.ops[i].inputs) computed = computed && known[static_cast<size_t>(t)];
    known[static_cast<size_t>(graph.ops[i].outputs[0])] = computed;
  }
  return known;
}

// Buffers that a step reads.
std::vector<bool> ReadBy(const Program& program, const Step& step) {
  std::vector<bool> read(program.plan.buffers.size());
  const auto mark = [&](int buffer) {
    if (buffer >= 0) read[static_cast<size_t>(buffer)] = true;
  };
  for (const ArrayLayer& layer : step.layers) {
    mark(layer.in.buffer);
    if (layer.has_residual) mark(layer.residual.buffer);
  }
  if (!step.on_accelerator)
    for (int op : step.ops)
      for (int t : program.graph.ops[static_cast<size_t>(op)].inputs) mark(program.plan.places[static_cast<size_t>(t)].buffer);
  return read;
}

}  // namespace

Session::Session(const Program& program, SegmentRunner* runner)
    : program_(program), runner_(runner), results_(program.plan.steps.size()) {
  runner_->WriteMemory(program.image_address, program.image.data(), program.image.size());
  for (const Segment& segment : program.segments) {
    std::vector<uint8_t> bytes(segment.words.size() * 4);
    for (size_t i = 0; i < segment.words.size(); ++i)
      for (size_t b = 0; b < 4; ++b) bytes[i * 4 + b] = static_cast<uint8_t>(segment.words[i] >> (8 * b));
    runner_->WriteMemory(segment.address, bytes.data(), bytes.size());
  }
}

void Session::WriteTensor(int t, const TensorData& data) {
  const TensorPlace& place = program_.plan.places[static_cast<size_t>(t)];
  const int64_t at = program_.plan.buffers[static_cast<size_t>(place.buffer)].address + place.offset;
  const Tensor& tensor = program_.graph.tensor(t);
  const int64_t row = (tensor.rank() > 0 ? tensor.shape.back() : 1) * static_cast<int64_t>(DTypeBytes(tensor.dtype));
  if (place.pixel_stride == row) {
    runner_->WriteMemory(at, data.data(), data.size());
    return;
  }
  for (size_t k = 0; k * static_cast<size_t>(row) < data.size(); ++k)
    runner_->WriteMemory(at + static_cast<int64_t>(k) * place.pixel_stride, data.data() + k * static_cast<size_t>(row), static_cast<size_t>(row));
}

TensorData Session::ReadTensor(int t) {
  const TensorPlace& place = program_.plan.places[static_cast<size_t>(t)];
  const int64_t at = program_.plan.buffers[static_cast<size_t>(place.buffer)].address + place.offset;
  const Tensor& tensor = program_.graph.tensor(t);
  const int64_t row = (tensor.rank() > 0 ? tensor.shape.back() : 1) * static_cast<int64_t>(DTypeBytes(tensor.dtype));
  TensorData data(static_cast<size_t>(tensor.bytes()));
  if (place.pixel_stride == row) {
    runner_->ReadMemory(at, data.data(), data.size());
    return data;
  }
  for (size_t k = 0; k * static_cast<size_t>(row) < data.size(); ++k)
    runner_->ReadMemory(at + static_cast<int64_t>(k) * place.pixel_stride, data.data() + k * static_cast<size_t>(row), static_cast<size_t>(row));
  return data;
}

void Session::RunHostStep(const Step& step) {
  std::vector<TensorData> tensors(program_.graph.tensors.size());
  for (int op : step.ops)
    for (int t : program_.graph.ops[static_cast<size_t>(op)].inputs)
      if (!program_.graph.tensor(t).is_constant) tensors[static_cast<size_t>(t)] = ReadTensor(t);
  const auto begin = std::chrono::steady_clock::now();
  for (int op : step.ops) RunOp(program_.graph, op, &tensors);
  host_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  WriteTensor(step.output_tensor, tensors[static_cast<size_t>(step.output_tensor)]);
}

void Session::RunSegment(const Segment& segment) {
  fault_ = runner_->RunSegment(segment);
  if (fault_.code != 0) {
    throw Error(fmt::format("{}: the device faulted: {} at address {:#x}, layer {}", program_.model_name, fault_.text,
                            fault_.address, fault_.layer),
                ExitStatus::kDevice);
  }
  for (int s = segment.first_step; s <= segment.last_step; ++s) {
    uint8_t bytes[driver::kRecordBytes];
    runner_->ReadMemory(program_.record_address[static_cast<size_t>(s)], bytes, sizeof bytes);
    StepResult& result = results_[static_cast<size_t>(s)];
    result.has_record = true;
    result.record = driver::ParseRecord(bytes);
  }
}

void Session::WriteInputsOfStep(int step, const std::vector<TensorData>& tensors) {
  const std::vector<bool> known = KnownBefore(program_.graph, program_.plan, step);
  const std::vector<bool> read = ReadBy(program_, program_.plan.steps[static_cast<size_t>(step)]);
  for (size_t t = 0; t < known.size(); ++t) {
    const int buffer = program_.plan.places[t].buffer;
    if (!known[t] || program_.graph.tensors[t].is_constant || buffer < 0 || !read[static_cast<size_t>(buffer)]) continue;
    if (tensors[t].empty()) continue;  // shares a buffer with what the step reads
    WriteTensor(static_cast<int>(t), tensors[t]);
  }
}

TensorData Session::RunStep(int index, const std::vector<TensorData>& tensors) {
  const Step& step = program_.plan.steps[static_cast<size_t>(index)];
  host_seconds_ = 0;
  WriteInputsOfStep(index, tensors);
  if (!step.on_accelerator) RunHostStep(step);
  for (const Segment& segment : program_.segments)
    if (step.on_accelerator && segment.first_step == index) RunSegment(segment);
  return ReadTensor(step.output_tensor);
}

std::vector<TensorData> Session::Run(const std::vector<TensorData>& inputs, bool keep) {
  const Graph& graph = program_.graph;
  kept_.assign(keep ? graph.tensors.size() : 0, {});
  host_seconds_ = 0;
  for (size_t i = 0; i < graph.inputs.size(); ++i) WriteTensor(graph.inputs[i], inputs[i]);
  size_t next_segment = 0;
  for (size_t s = 0; s < program_.plan.steps.size(); ++s) {
    const Step& step = program_.plan.steps[s];
    if (!step.on_accelerator) {
      RunHostStep(step);
    } else if (next_segment < program_.segments.size() && program_.segments[next_segment].first_step == static_cast<int>(s)) {
      RunSegment(program_.segments[next_segment++]);
    }
  }
  if (keep)
    for (const Step& step : program_.plan.steps) kept_[static_cast<size_t>(step.output_tensor)] = ReadTensor(step.output_tensor);
  std::vector<TensorData> outputs;
  for (int t : graph.outputs) outputs.push_back(ReadTensor(t));
  return outputs;
}

}  // namespace weft
