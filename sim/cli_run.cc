// SPDX-License-Identifier: Apache-2.0
// weft run MODEL: compile, execute, print the table, write outputs and the record.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "compiler/import_workload.h"
#include "model/error.h"
#include "model/memory_model.h"
#include "sim/cli.h"
#include "sim/device_runner.h"
#include "sim/file_io.h"
#include "sim/input.h"
#include "sim/model_file.h"
#include "sim/progress.h"
#include "sim/record.h"
#include "sim/rtl_device.h"
#include "sim/run.h"
#include "sim/table.h"

namespace weft {
namespace {

constexpr char kRtl[] = "rtl", kReference[] = "reference";
constexpr int kMostBatch = 1'000'000, kMostJobs = 1024;

struct Options {
  std::string command_line;
  std::string model, engine = kRtl, config, memory = "8,60", layers, output_dir, json, trace;
  std::vector<std::string> inputs;
  int batch = 1;
  int jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  std::optional<uint64_t> seed;
  WorkloadOptions workload;
  bool quiet = false;

  bool json_to_stdout() const { return json == "-"; }
};

// What can be known to fail before anything long begins.
void CheckOptions(const Options& options) {
  try {
    ParseMemoryParams(options.memory);
  } catch (const Error& error) {
    throw Error(std::string("--memory: ") + error.what(), ExitStatus::kUsage);
  }
  if (!options.trace.empty() && options.engine != kRtl) {
    throw Error(fmt::format("--trace needs --engine {}", kRtl), ExitStatus::kUsage);
  }
  if (!options.json.empty() && !options.json_to_stdout()) CheckWritable(options.json);
  if (!options.trace.empty()) CheckWritable(options.trace);
}

std::optional<std::pair<int, int>> LayersOf(const Options& options, const Program& program) {
  if (options.layers.empty()) return std::nullopt;
  const std::pair<int, int> range = ParseLayerRange(options.layers);
  const int last = static_cast<int>(program.plan.steps.size()) - 1;
  if (range.second > last) {
    throw Error(
        fmt::format("--layers {}: {} has layers 0..{}", options.layers, program.graph.name, last),
        ExitStatus::kUsage);
  }
  return range;
}

RunResult Execute(const Options& options, const Program& program, RunInfo* info) {
  RunOptions run;
  run.layers = LayersOf(options, program);
  run.batch = options.batch;
  run.jobs = options.jobs;
  const std::vector<TensorData> inputs =
      options.inputs.empty() ? RandomInputs(program.graph, options.batch, info->seed)
                             : ReadInputs(program.graph, options.inputs, options.batch);
  const ProgressBar bar(!options.quiet);
  run.progress = [&bar](int64_t done, int64_t all) { bar.Show(done, all); };
  if (options.engine == kReference) return RunOnReference(program, inputs, run);
  DeviceOptions rtl;
  rtl.memory = options.memory;
  rtl.seed = info->seed;
  rtl.trace = options.trace;
  rtl.quiet = options.quiet;
  const std::unique_ptr<RtlDevice> device =
      MakeRtlDevice(program.config, program.window_bytes, rtl);
  info->sim_build_seconds = device->build_seconds();
  DeviceRunner runner(program, device.get());
  return RunOnDevice(program, &runner, inputs, run);
}

void WriteOutputs(const std::string& folder, const RunResult& result) {
  MakeFolder(folder);
  for (size_t i = 0; i < result.outputs.size(); ++i) {
    WriteWholeFile(fmt::format("{}/output_{}.bin", folder, i), result.outputs[i].data(),
                   result.outputs[i].size());
  }
}

void WriteRecord(const Options& options, const RunInfo& info, const Program& program,
                 const RunResult& result) {
  const std::string text = MakeRecord(info, program, result).dump(2) + "\n";
  if (options.json_to_stdout()) return Print(text);
  WriteWholeFile(options.json, text.data(), text.size());
}

void WarnOf(const Program& program, const RunResult& result) {
  for (const std::string& warning : program.plan.warnings)
    fmt::print(stderr, "weft: warning: {}\n", warning);
  for (const LayerResult& layer : result.layers) {
    if (layer.saturated)
      fmt::print(stderr,
                 "weft: warning: layer {}: an event counter stands at its end (CounterBits)\n",
                 layer.step);
  }
}

void RunRun(const Options& options) {
  CheckOptions(options);
  const Need need = options.engine == kReference ? Need::kPlan : Need::kProgram;
  if (!options.layers.empty()) ParseLayerRange(options.layers);
  WorkloadOptions workload = options.workload;
  if (IsWorkloadName(options.model)) workload.seed = options.seed;
  const LoadedModel model =
      LoadModel(options.model, options.config, need, !options.layers.empty(), workload);
  const Program& program = model.program;
  RunInfo info;
  info.command = options.command_line;
  info.model = options.model;
  info.engine = options.engine;
  info.memory = options.memory;
  info.seed = options.seed.value_or(program.graph.seed);
  info.compile_seconds = model.compile_seconds;
  info.rtl_sha256 = RtlSha256();
  const RunResult result = Execute(options, program, &info);
  if (!options.json.empty()) WriteRecord(options, info, program, result);
  if (result.fault.code != 0) throw Error(result.fault_line, ExitStatus::kDevice);
  if (!options.output_dir.empty()) WriteOutputs(options.output_dir, result);
  if (options.quiet) return;
  WarnOf(program, result);
  if (!options.json_to_stdout()) Print(LayerTable(program, result) + TopAnswers(program, result));
}

}  // namespace

void AddRunCommand(CLI::App* app, const std::string& command_line) {
  CLI::App* command =
      app->add_subcommand("run", "compile and execute a model; print a table of its layers");
  const auto options = std::make_shared<Options>();
  options->command_line = command_line;
  command
      ->add_option("MODEL", options->model,
                   "a .tflite file, a .yaml workload or a program file of `weft compile`")
      ->required();
  command
      ->add_option("--engine", options->engine,
                   "rtl: the Verilog accelerator; reference: plain loops, no cycles")
      ->check(CLI::IsMember({kRtl, kReference}))
      ->capture_default_str();
  command->add_option(
      "--config", options->config,
      fmt::format("accelerator configuration, NAME or FILE.yaml (default {})", kDefaultConfig));
  command
      ->add_option("--input", options->inputs,
                   "once per model input: raw little-endian bytes, .npy or .png of exactly the "
                   "model's size; without it, "
                   "seeded random data")
      ->allow_extra_args(false);
  command
      ->add_option("--batch", options->batch,
                   "inferences; an input file holds that many tensors one after the other")
      ->check(CLI::Range(1, kMostBatch))
      ->capture_default_str();
  AddSeedOption(command, &options->seed,
                "of random inputs, memory stalls and a workload's weights (default 1, or what a "
                "workload says; the weights of a program file stay)");
  AddWorkloadOptions(command, &options->workload);
  command->add_option("--memory", options->memory, "BYTES_PER_CYCLE,LATENCY[,stall=P]")
      ->capture_default_str();
  command->add_option(
      "--layers", options->layers,
      "A..B: only these layers, each alone and cold, with inputs from the reference engine");
  command->add_option("--output-dir", options->output_dir,
                      "folder for output_0.bin, output_1.bin, ...");
  command->add_option("--json", options->json, "file for the run record, - for standard output");
  command->add_option("--trace", options->trace, "FST file for the waveform (engine rtl)");
  command->add_flag("--quiet", options->quiet, "no table, no progress");
  command->add_option("--jobs", options->jobs, "inferences side by side (engine reference)")
      ->check(CLI::Range(1, kMostJobs))
      ->default_str("all cores");
  command->callback([options] { RunRun(*options); });
}

}  // namespace weft
