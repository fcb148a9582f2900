// SPDX-License-Identifier: Apache-2.0
// weft compile MODEL -o FILE
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "compiler/program_file.h"
#include "sim/cli.h"
#include "sim/file_io.h"
#include "sim/model_file.h"

namespace weft {
namespace {

struct Options {
  std::string model, output, config;
  WorkloadOptions workload;
  std::optional<Objective> objective;
  bool quiet = false;
};

void RunCompile(const Options& options) {
  CheckWritable(options.output);
  const Program program =
      LoadModel(options.model, options.config, Need::kProgram, {false, options.objective, options.workload, {}}).program;
  const std::vector<uint8_t> bytes = WriteProgram(program);
  WriteWholeFile(options.output, bytes.data(), bytes.size());
  if (options.quiet) return;
  for (const std::string& warning : program.plan.warnings)
    fmt::print(stderr, "weft: warning: {}\n", warning);
  size_t words = 0;
  for (const Segment& segment : program.segments) words += segment.words.size();
  Print(
      fmt::format("{}: {} bytes for {}; {} layers in {} segments, {} bytes of commands, {} of "
                  "weights, {} of device memory\n",
                  options.output, bytes.size(), program.config.name, program.plan.steps.size(),
                  program.segments.size(), 4 * words, program.image.size(), program.window_bytes));
}

}  // namespace

void AddCompileCommand(CLI::App* app) {
  CLI::App* command =
      app->add_subcommand("compile", "write a program file, which `weft run` takes like a model");
  const auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "a .tflite file or a .yaml workload")->required();
  command->add_option("-o,--output", options->output, "the program file")->required();
  command->add_option(
      "--config", options->config,
      fmt::format("accelerator configuration, NAME or FILE.yaml (default {})", kDefaultConfig));
  AddWorkloadOptions(command, &options->workload);
  AddObjectiveOption(command, &options->objective);
  AddSeedOption(command, &options->workload.seed, "workloads: of weights, biases and inputs");
  command->add_flag("--quiet", options->quiet, "print nothing");
  command->callback([options] { RunCompile(*options); });
}

}  // namespace weft
