// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

#include "model/error.h"

namespace weft {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The tensors of inference n.
std::vector<TensorData> Slice(const Graph& graph, const std::vector<TensorData>& inputs, int n) {
  std::vector<TensorData> one;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const int64_t bytes = graph.tensor(graph.inputs[i]).bytes();
    const auto begin = inputs[i].begin() + bytes * n;
    one.emplace_back(begin, begin + bytes);
  }
  return one;
}

// The result without its numbers: which layers, which outputs, room for the outputs.
RunResult Prepare(const Program& program, const RunOptions& options) {
  RunResult result;
  result.batch = options.batch;
  const int steps = static_cast<int>(program.plan.steps.size());
  const auto [first, last] = options.layers.value_or(std::make_pair(0, steps - 1));
  for (int s = first; s <= last; ++s) {
    LayerResult layer;
    layer.step = s;
    layer.events.assign(spec::kEventCount, 0);
    layer.classes.assign(spec::kEngineCount * spec::kClassCount, 0);
    result.layers.push_back(std::move(layer));
    if (options.layers)
      result.output_tensors.push_back(program.plan.steps[static_cast<size_t>(s)].output_tensor);
  }
  if (!options.layers) result.output_tensors = program.graph.outputs;
  for (int t : result.output_tensors) {
    result.outputs.emplace_back(
        static_cast<size_t>(program.graph.tensor(t).bytes() * options.batch));
  }
  return result;
}

void PutOutput(const TensorData& data, int n, TensorData* all) {
  std::copy(data.begin(), data.end(), all->begin() + static_cast<int64_t>(data.size()) * n);
}

// The operators that the reference engine must run: all, or those of the layers asked for
// (with_them) and whatever they depend on.
std::vector<bool> NeededOps(const Program& program, const RunOptions& options, bool with_them) {
  const Graph& graph = program.graph;
  std::vector<bool> needed(graph.ops.size(), !options.layers);
  if (!options.layers) return needed;
  std::vector<int> producer(graph.tensors.size(), -1);
  for (size_t i = 0; i < graph.ops.size(); ++i)
    producer[static_cast<size_t>(graph.ops[i].outputs[0])] = static_cast<int>(i);
  for (int s = options.layers->first; s <= options.layers->second; ++s) {
    const std::vector<int>& ops = program.plan.steps[static_cast<size_t>(s)].ops;
    for (int op : ops) {
      if (with_them) needed[static_cast<size_t>(op)] = true;
      for (int t : graph.ops[static_cast<size_t>(op)].inputs) {
        const int from = producer[static_cast<size_t>(t)];
        const bool inside = std::find(ops.begin(), ops.end(), from) != ops.end();
        if (from >= 0 && !inside) needed[static_cast<size_t>(from)] = true;
      }
    }
  }
  AddProducers(graph, &needed);
  return needed;
}

// A counter stops at 2^CounterBits - 1.
bool AtItsEnd(const Config& config, int64_t value) {
  return static_cast<uint64_t>(value) >= UINT64_MAX >> (64 - config.counter_bits);
}

void AddRecord(const Config& config, const StepResult& step, LayerResult* layer) {
  if (!step.has_record) return;
  layer->has_record = true;
  for (int64_t value : step.record.events) layer->saturated |= AtItsEnd(config, value);
  for (int64_t value : step.record.classes) layer->saturated |= AtItsEnd(config, value);
  layer->cycles += step.record.cycles();
  for (size_t i = 0; i < layer->events.size(); ++i) layer->events[i] += step.record.events[i];
  for (size_t i = 0; i < layer->classes.size(); ++i) layer->classes[i] += step.record.classes[i];
}

// Passes everything on and reports segments that are done.
class ProgressRunner : public SegmentRunner {
 public:
  ProgressRunner(SegmentRunner* device, const RunOptions& options, int64_t all)
      : device_(device), options_(options), all_(all) {}
  void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) override {
    device_->WriteMemory(address, bytes, count);
  }
  void ReadMemory(int64_t address, uint8_t* bytes, size_t count) override {
    device_->ReadMemory(address, bytes, count);
  }
  Fault RunSegment(const Segment& segment) override {
    if (options_.progress) options_.progress(done_, all_);
    const Fault fault = device_->RunSegment(segment);
    ++done_;
    if (options_.progress) options_.progress(done_, all_);
    return fault;
  }

 private:
  SegmentRunner* device_;
  const RunOptions& options_;
  int64_t done_ = 0, all_;
};

}  // namespace

RunResult RunOnReference(const Program& program, const std::vector<TensorData>& inputs,
                         const RunOptions& options) {
  RunResult result = Prepare(program, options);
  const Clock::time_point begin = Clock::now();
  const std::vector<bool> needed = NeededOps(program, options, true);
  std::atomic<int> next{0};
  std::mutex mutex;  // progress and the error
  int done = 0;
  std::exception_ptr error;
  const auto work = [&] {
    for (int n = next++; n < options.batch; n = next++) {
      try {
        const std::vector<TensorData> tensors =
            RunReference(program.graph, Slice(program.graph, inputs, n), needed);
        for (size_t i = 0; i < result.outputs.size(); ++i) {
          PutOutput(tensors[static_cast<size_t>(result.output_tensors[i])], n, &result.outputs[i]);
        }
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        error = std::current_exception();
        next = options.batch;
      }
      const std::lock_guard<std::mutex> lock(mutex);
      ++done;
      if (options.progress) options.progress(done, options.batch);
    }
  };
  std::vector<std::thread> threads;
  for (int j = 1; j < std::min(options.jobs, options.batch); ++j) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  if (error) std::rethrow_exception(error);
  result.wall_seconds = SecondsSince(begin);
  return result;
}

RunResult RunOnDevice(const Program& program, SegmentRunner* device,
                      const std::vector<TensorData>& inputs, const RunOptions& options) {
  RunResult result = Prepare(program, options);
  int64_t segments = 0;
  for (const Segment& segment : program.segments) {
    const bool asked = !options.layers || (segment.first_step >= options.layers->first &&
                                           segment.first_step <= options.layers->second);
    segments += asked;
  }
  ProgressRunner runner(device, options, segments * options.batch);
  Session session(program, &runner);
  double host_seconds = 0;
  const auto run_all = [&](const std::vector<TensorData>& one, int n) {
    const Clock::time_point begin = Clock::now();
    const std::vector<TensorData> outputs = session.Run(one);
    result.wall_seconds += SecondsSince(begin);
    host_seconds += session.host_seconds();
    for (size_t i = 0; i < outputs.size(); ++i) PutOutput(outputs[i], n, &result.outputs[i]);
    for (LayerResult& layer : result.layers)
      AddRecord(program.config, session.steps()[static_cast<size_t>(layer.step)], &layer);
  };
  const auto run_layers = [&](const std::vector<TensorData>& one, int n) {
    const std::vector<TensorData> tensors =
        RunReference(program.graph, one, NeededOps(program, options, false));
    for (size_t i = 0; i < result.layers.size(); ++i) {
      const Clock::time_point begin = Clock::now();
      PutOutput(session.RunStep(result.layers[i].step, tensors), n, &result.outputs[i]);
      result.wall_seconds += SecondsSince(begin);
      host_seconds += session.host_seconds();
      AddRecord(program.config, session.steps()[static_cast<size_t>(result.layers[i].step)],
                &result.layers[i]);
    }
  };
  try {
    for (int n = 0; n < options.batch; ++n) {
      const std::vector<TensorData> one = Slice(program.graph, inputs, n);
      options.layers ? run_layers(one, n) : run_all(one, n);
    }
  } catch (const Error& error) {
    if (session.fault().code == 0) throw;
    result.fault = session.fault();
    result.fault_line = error.what();
    result.outputs.clear();
  }
  result.host_seconds = host_seconds;
  return result;
}

}  // namespace weft
