// SPDX-License-Identifier: Apache-2.0
// MODEL of the command line: a .tflite file, a .yaml workload or a program file.

#ifndef WEFT_SIM_MODEL_FILE_H_
#define WEFT_SIM_MODEL_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "compiler/program.h"
#include "compiler/workload.h"

namespace weft {

constexpr char kDefaultConfig[] = "weft168";

struct LoadedModel {
  Program program;
  std::optional<double> compile_seconds;  // absent for a program file
};

enum class Need {
  kPlan,     // graph and steps: what the reference engine and a table need
  kProgram,  // commands too
};

// What the command line says instead of a workload file.
struct WorkloadOptions {
  std::optional<uint64_t> seed;
  std::optional<double> zeros;
  std::optional<ZerosKind> zeros_kind;
};

struct LoadOptions {
  bool one_segment_per_layer = false;  // as in CompileOptions; a program file without it is compiled again
  std::optional<Objective> objective;  // else cycles, or what a program file was compiled for
  WorkloadOptions workload;            // only with a workload file
  std::optional<std::pair<int, int>> steps;  // as in CompileOptions
  int64_t slice_tiles = 0;  // as in CompileOptions; a program file is compiled again
};

// config: empty for the default, or for the one that a program file brings. Throws Error: kBadInput, or kUsage
// if a program file was compiled for another configuration or objective, or there are workload options for
// something else. program.model_bytes of a workload are WorkloadToYaml, with these options in it.
LoadedModel LoadModel(const std::string& path, const std::string& config, Need need, const LoadOptions& options = {});

}  // namespace weft

#endif  // WEFT_SIM_MODEL_FILE_H_
