// SPDX-License-Identifier: Apache-2.0
#include "sim/model_file.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "compiler/import_workload.h"
#include "compiler/mapping_value.h"
#include "compiler/pair.h"
#include "compiler/program_file.h"
#include "model/error.h"
#include "sim/file_io.h"
#include "sim/judge.h"

namespace weft {
namespace {

// As Compile does, up to the commands.
Program PlanOnly(Graph graph, const Config& config, Objective objective) {
  Program program;
  program.config = config;
  program.graph = std::move(graph);
  program.plan = LowerGraph(program.graph, true);
  for (Step& step : program.plan.steps)
    for (ArrayLayer& layer : step.layers) layer = Canonical(std::move(layer));
  MergePairs(program.graph, config, objective, &program.plan);
  return program;
}

LoadedModel FromGraph(Graph graph, const Config& config, Need need, const CompileOptions& options) {
  LoadedModel model;
  if (need == Need::kPlan) {
    model.program = PlanOnly(std::move(graph), config, options.objective);
    return model;
  }
  const auto begin = std::chrono::steady_clock::now();
  model.program = Compile(std::move(graph), config, options);
  model.compile_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return model;
}

void CheckConfig(const std::string& path, const Program& program, const std::string& config) {
  if (config.empty() || LoadConfig(config).Hash32() == program.config.Hash32()) return;
  throw Error(
      fmt::format("--config {}: {} is a program compiled for {}; leave --config out, or give the "
                  "model it was compiled from",
                  config, path, program.config.name),
      ExitStatus::kUsage);
}

void CheckObjective(const std::string& path, const Program& program, std::optional<Objective> objective) {
  if (!objective || *objective == program.options.objective) return;
  throw Error(fmt::format("--objective {}: {} is a program compiled for {}; leave --objective out, or give the "
                          "model it was compiled from",
                          ObjectiveName(*objective), path, ObjectiveName(program.options.objective)),
              ExitStatus::kUsage);
}

void RefuseWorkloadOptions(const std::string& path, const WorkloadOptions& options) {
  const char* given = options.zeros        ? "--zeros"
                      : options.zeros_kind ? "--zeros-kind"
                      : options.seed       ? "--seed"
                                           : nullptr;
  if (given == nullptr) return;
  throw Error(fmt::format("{}: {} is no .yaml workload; only one is filled with random data", given,
                          path),
              ExitStatus::kUsage);
}

// The workload as it is run, as YAML.
std::vector<uint8_t> ResolveWorkload(const std::vector<uint8_t>& bytes, const std::string& path,
                                     const WorkloadOptions& options) {
  Workload workload = ParseWorkload(std::string(bytes.begin(), bytes.end()), path);
  if (options.seed) workload.seed = *options.seed;
  if (options.zeros) workload.zeros = options.zeros;
  if (options.zeros_kind) workload.zeros_kind = *options.zeros_kind;
  const std::string yaml = WorkloadToYaml(workload);
  return std::vector<uint8_t>(yaml.begin(), yaml.end());
}

}  // namespace

LoadedModel LoadModel(const std::string& path, const std::string& config, Need need,
                      const LoadOptions& options) {
  std::vector<uint8_t> bytes = ReadWholeFile(path);
  if (!IsProgramFile(bytes) && IsWorkloadName(path)) {
    bytes = ResolveWorkload(bytes, path, options.workload);
  } else {
    RefuseWorkloadOptions(path, options.workload);
  }
  CompileOptions compile;
  compile.one_segment_per_layer = options.one_segment_per_layer;
  compile.objective = options.objective.value_or(Objective::kCycles);
  compile.steps = options.steps;
  compile.slice_tiles = options.slice_tiles;
  compile.judge = JudgeByModel;
  if (!IsProgramFile(bytes)) {
    const Config resolved = LoadConfig(config.empty() ? kDefaultConfig : config);
    LoadedModel model = FromGraph(ImportModel(bytes, path), resolved, need, compile);
    model.program.model_name = path;
    model.program.model_bytes = std::move(bytes);
    return model;
  }
  LoadedModel model;
  model.program = ReadProgram(bytes, path);
  CheckConfig(path, model.program, config);
  CheckObjective(path, model.program, options.objective);
  const bool other = options.slice_tiles > 0 ||
                     (options.one_segment_per_layer && !model.program.options.one_segment_per_layer);
  if (other && need == Need::kProgram) {
    Program& old = model.program;
    compile.objective = old.options.objective;
    LoadedModel again = FromGraph(std::move(old.graph), old.config, need, compile);
    again.program.model_name = std::move(old.model_name);
    again.program.model_bytes = std::move(old.model_bytes);
    return again;
  }
  return model;
}

}  // namespace weft
