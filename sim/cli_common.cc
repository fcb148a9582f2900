// SPDX-License-Identifier: Apache-2.0
#include "sim/cli_common.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "compiler/import_workload.h"
#include "model/energy.h"
#include "model/error.h"
#include "model/memory_model.h"
#include "sim/cli.h"
#include "sim/input.h"
#include "sim/progress.h"
#include "sim/rtl_device.h"
#include "sim/systemc_device.h"

namespace weft {
namespace {

constexpr int kMostBatch = 1'000'000, kMostJobs = 1024;
constexpr int64_t kMostTiles = 1'000'000'000;

std::optional<std::pair<int, int>> LayersOf(const ExecuteOptions& options, const Program& program) {
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

}  // namespace

void CheckExecuteOptions(const ExecuteOptions& options) {
  try {
    ParseMemoryParams(options.memory);
  } catch (const Error& error) {
    throw Error(std::string("--memory: ") + error.what(), ExitStatus::kUsage);
  }
  if (!options.layers.empty()) ParseLayerRange(options.layers);
}

LoadedModel LoadModel(const ExecuteOptions& options, Need need) {
  LoadOptions load{!options.layers.empty(), options.objective, options.workload, {}, options.slice_tiles};
  if (!options.layers.empty()) load.steps = ParseLayerRange(options.layers);
  if (IsWorkloadName(options.model)) load.workload.seed = options.seed;
  return LoadModel(options.model, options.config, need, load);
}

uint64_t SeedOf(const ExecuteOptions& options, const Program& program) {
  return options.seed.value_or(program.graph.seed);
}

std::vector<TensorData> InputsOf(const ExecuteOptions& options, const Program& program) {
  return options.inputs.empty()
             ? RandomInputs(program.graph, options.batch, SeedOf(options, program))
                                : ReadInputs(program.graph, options.inputs, options.batch);
}

std::unique_ptr<DeviceRunner> MakeDevice(const ExecuteOptions& options, const std::string& engine,
                                         const Watch& watch, const Program& program,
                                         RunInfo* info) {
  DeviceOptions device;
  device.memory = options.memory;
  device.seed = SeedOf(options, program);
  device.trace = watch.waveform;
  device.events = watch.events;
  device.event_bursts = watch.bursts;
  device.quiet = options.quiet;
  if (engine == kSystemc)
    return std::make_unique<DeviceRunner>(
        program, MakeSystemcDevice(program.config, program.window_bytes, device));
  std::unique_ptr<RtlDevice> rtl = MakeRtlDevice(program.config, program.window_bytes, device);
  info->sim_build_seconds = rtl->build_seconds();
  return std::make_unique<DeviceRunner>(program, std::move(rtl));
}

RunResult Execute(const ExecuteOptions& options, const Program& program, SegmentRunner* device,
                  const std::vector<TensorData>& inputs) {
  RunOptions run;
  run.layers = LayersOf(options, program);
  run.batch = options.batch;
  run.jobs = options.jobs;
  const ProgressBar bar(!options.quiet);
  run.progress = [&bar](int64_t done, int64_t all) { bar.Show(done, all); };
  if (device == nullptr) return RunOnReference(program, inputs, run);
  return RunOnDevice(program, device, inputs, run);
}

void AddEnergyOptions(CLI::App* command, std::string* energy, std::string* dram, const std::string& what) {
  const auto joined = [](const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); };
  command->add_option("--energy", *energy,
                      fmt::format("{}energy table, FILE.yaml or NAME: {}", what, joined(BuiltinEnergyTableNames())))
      ->capture_default_str();
  command->add_option("--dram", *dram,
                      fmt::format("memory in place of the table's own: {}", joined(DramNames())));
}

void AddExecuteOptions(CLI::App* command, ExecuteOptions* options) {
  options->jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  command
      ->add_option("MODEL", options->model, "a .tflite file, a .yaml workload or a program file of `weft compile`")
      ->required();
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
                "of random inputs, memory stalls and a workload's weights (default 1, or what a workload "
                "says; the weights of a program file stay)");
  AddWorkloadOptions(command, &options->workload);
  AddObjectiveOption(command, &options->objective);
  command->add_option("--memory", options->memory, "BYTES_PER_CYCLE,LATENCY[,stall=P]")
      ->capture_default_str();
  command->add_option(
      "--layers", options->layers,
      "A..B: only these layers, each alone and cold, with inputs from the reference engine");
  command
      ->add_option("--slice", options->slice_tiles,
                   "TILES: only the first tiles of every layer, mapped as the whole; outputs are partial")
      ->check(CLI::Range(int64_t{1}, kMostTiles))
      ->default_str("all");
  command->add_flag("--quiet", options->quiet, "no table, no progress");
  command->add_option("--jobs", options->jobs, "inferences side by side (engine reference)")
      ->check(CLI::Range(1, kMostJobs))
      ->default_str("all cores");
}

}  // namespace weft
