// SPDX-License-Identifier: Apache-2.0
// weft inspect MODEL|FILE [--json]
#include <fmt/format.h>

#include <memory>

#include "sim/cli.h"
#include "sim/inspect.h"
#include "sim/model_file.h"

namespace weft {
namespace {

struct Options {
  std::string model, config;
  WorkloadOptions workload;
  std::optional<Objective> objective;
  bool json = false, no_commands = false, expand = false;
};

void RunInspect(const Options& options) {
  const Program program =
      LoadModel(options.model, options.config, Need::kProgram, {false, options.objective, options.workload, {}}).program;
  InspectOptions what;
  what.commands = !options.no_commands;
  what.expand_maps = options.expand;
  Print(options.json ? InspectJson(program, what).dump(2) + "\n" : InspectText(program, what));
}

}  // namespace

void AddInspectCommand(CLI::App* app) {
  CLI::App* command =
      app->add_subcommand("inspect", "graph, verdict per operator, tensors, mapping, disassembly");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("MODEL|FILE", options->model,
                   "a .tflite file, a .yaml workload or a program file")
      ->required();
  command->add_option(
      "--config", options->config,
      fmt::format("accelerator configuration, NAME or FILE.yaml (default {})", kDefaultConfig));
  AddWorkloadOptions(command, &options->workload);
  AddObjectiveOption(command, &options->objective);
  AddSeedOption(command, &options->workload.seed, "workloads: of weights, biases and inputs");
  command->add_flag("--json", options->json, "as JSON");
  command->add_flag("--no-commands", options->no_commands, "without the disassembly");
  command->add_flag("--expand", options->expand,
                    "with the entries of every pattern in the disassembly");
  command->callback([options] { RunInspect(*options); });
}

}  // namespace weft
