// SPDX-License-Identifier: Apache-2.0
// weft map MODEL [--layer N]: the mapper's choice and why.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "compiler/import_workload.h"
#include "compiler/mapping_value.h"
#include "compiler/timeloop.h"
#include "model/error.h"
#include "sim/cli.h"
#include "sim/file_io.h"
#include "sim/input.h"
#include "sim/map_report.h"

namespace weft {
namespace {

constexpr size_t kRejected = 3;
constexpr int kMostBatch = 1'000'000;

struct Options {
  std::string command_line, model, config, json, timeloop;
  std::optional<uint64_t> seed;
  std::optional<int> layer;
  std::optional<Objective> objective;
  WorkloadOptions workload;
  int batch = 1;
  bool quiet = false;

  bool json_to_stdout() const { return json == "-"; }
};

LoadedModel Load(const Options& options) {
  LoadOptions load;
  load.one_segment_per_layer = true;
  load.objective = options.objective;
  load.workload = options.workload;
  if (IsWorkloadName(options.model)) load.workload.seed = options.seed;
  if (options.layer) load.steps = std::make_pair(*options.layer, *options.layer);
  return LoadModel(options.model, options.config, Need::kProgram, load);
}

void WriteJson(const Options& options, const Program& program, uint64_t seed, const std::vector<MappedStep>& steps) {
  nlohmann::ordered_json json = {{"schema", 1},
                                 {"command", options.command_line},
                                 {"model", options.model},
                                 {"config", program.config.name},
                                 {"objective", ObjectiveName(program.options.objective)},
                                 {"memory", fmt::format("{},{}", kCapMemoryBytes, kCapMemoryLatency)},
                                 {"seed", seed},
                                 {"batch", options.batch},
                                 {"layers", MapJson(program, steps)}};
  const std::string text = json.dump(2) + "\n";
  if (options.json_to_stdout()) return Print(text);
  WriteWholeFile(options.json, text.data(), text.size());
}

// DIR/layer_N, or DIR/layer_N_K for the K-th array layer of several, with three files.
void WriteTimeloop(const std::string& folder, const Program& program, int index) {
  const Step& step = program.plan.steps[static_cast<size_t>(index)];
  for (size_t i = 0; i < step.layers.size(); ++i) {
    const ArrayLayer& layer = step.layers[i];
    const Mapping& mapping = program.mappings[static_cast<size_t>(index)][i];
    std::string to = fmt::format("{}/layer_{}", folder, index);
    if (step.layers.size() > 1) to += fmt::format("_{}", i);
    MakeFolder(to);
    const std::pair<const char*, std::string> files[] = {
        {"problem", TimeloopProblem(layer, step.name)},
        {"architecture", TimeloopArchitecture(program.config)},
        {"mapping", TimeloopMapping(layer, program.config, mapping, step.name)}};
    for (const auto& [name, text] : files)
      WriteWholeFile(fmt::format("{}/{}.yaml", to, name), text.data(), text.size());
  }
}

void RunMap(const Options& options) {
  if (!options.json.empty() && !options.json_to_stdout()) CheckWritable(options.json);
  const Program program = Load(options).program;
  const int last = static_cast<int>(program.plan.steps.size()) - 1;
  if (options.layer && *options.layer > last)
    throw Error(fmt::format("--layer {}: {} has layers 0..{}", *options.layer, program.graph.name, last),
                ExitStatus::kUsage);
  if (!options.timeloop.empty()) MakeFolder(options.timeloop);
  const uint64_t seed = options.seed.value_or(program.graph.seed);
  MapOptions map;
  map.batch = options.batch;
  map.rejected = options.layer ? kRejected : 0;
  map.quiet = options.quiet;
  map.seed = seed;
  const std::vector<MappedStep> steps = MapSteps(program, RandomInputs(program.graph, options.batch, seed),
                                                 options.layer.value_or(0), options.layer.value_or(last), map);
  if (!options.timeloop.empty())
    for (const MappedStep& s : steps) WriteTimeloop(options.timeloop, program, s.step);
  if (!options.json.empty()) WriteJson(options, program, seed, steps);
  if (options.quiet || options.json_to_stdout()) return;
  Print(options.layer ? MapDetails(program, steps[0], options.batch) : MapTable(program, steps));
}

}  // namespace

void AddMapCommand(CLI::App* app, const std::string& command_line) {
  CLI::App* command = app->add_subcommand(
      "map", "how each layer is mapped and why: lists, buffers, traffic, cycles, the cap and what sets it");
  const auto options = std::make_shared<Options>();
  options->command_line = command_line;
  command->add_option("MODEL", options->model, "a .tflite file, a .yaml workload or a program file")->required();
  command->add_option("--layer", options->layer, "only this layer, zero-based, with details and what was rejected")
      ->check(CLI::NonNegativeNumber);
  command->add_option(
      "--config", options->config,
      fmt::format("accelerator configuration, NAME or FILE.yaml (default {})", kDefaultConfig));
  command->add_option("--batch", options->batch, "inferences; numbers are sums over them")
      ->check(CLI::Range(1, kMostBatch))
      ->capture_default_str();
  AddSeedOption(command, &options->seed, "of random inputs and a workload's weights");
  AddWorkloadOptions(command, &options->workload);
  AddObjectiveOption(command, &options->objective);
  command->add_option("--json", options->json, "file for all numbers, - for standard output");
  command->add_option("--export-timeloop", options->timeloop,
                      "folder for problem, architecture and mapping of each layer as Timeloop v4 reads them");
  command->add_flag("--quiet", options->quiet, "no table, no progress");
  command->callback([options] { RunMap(*options); });
}

}  // namespace weft
