// SPDX-License-Identifier: Apache-2.0
// What the commands that execute a model share: their options, and running a program on an engine.

#ifndef WEFT_SIM_CLI_COMMON_H_
#define WEFT_SIM_CLI_COMMON_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/event_log.h"
#include "sim/device_runner.h"
#include "sim/model_file.h"
#include "sim/record.h"
#include "sim/run.h"

namespace weft {

constexpr char kRtl[] = "rtl", kSystemc[] = "systemc", kReference[] = "reference";

struct ExecuteOptions {
  std::string model, config, memory = "8,60", layers;
  std::vector<std::string> inputs;
  int batch = 1;
  int jobs = 1;
  int64_t slice_tiles = 0;  // 0: all
  std::optional<uint64_t> seed;  // else the model's: 1, or what a workload says
  WorkloadOptions workload;
  std::optional<Objective> objective;
  bool quiet = false;
};

void AddExecuteOptions(CLI::App* command, ExecuteOptions* options);

// --energy and --dram; what: the beginning of the help.
void AddEnergyOptions(CLI::App* command, std::string* energy, std::string* dram, const std::string& what);

// What can be known to fail before anything long begins; Error (kUsage).
void CheckExecuteOptions(const ExecuteOptions& options);

LoadedModel LoadModel(const ExecuteOptions& options, Need need);

uint64_t SeedOf(const ExecuteOptions& options, const Program& program);
std::vector<TensorData> InputsOf(const ExecuteOptions& options, const Program& program);

// What a device is to tell besides its results.
struct Watch {
  std::string waveform;  // FST file of engine rtl; empty: none
  EventLog::Sink events;  // empty: none
  bool bursts = false;    // see DeviceOptions
};

// An rtl or systemc device for the program.
std::unique_ptr<DeviceRunner> MakeDevice(const ExecuteOptions& options, const std::string& engine,
                                         const Watch& watch, const Program& program, RunInfo* info);

// On a device; without one on the reference engine.
RunResult Execute(const ExecuteOptions& options, const Program& program, SegmentRunner* device,
                  const std::vector<TensorData>& inputs);

}  // namespace weft

#endif  // WEFT_SIM_CLI_COMMON_H_
