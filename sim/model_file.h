// SPDX-License-Identifier: Apache-2.0
// MODEL of the command line: a .tflite file, a .yaml workload or a program file.

#ifndef WEFT_SIM_MODEL_FILE_H_
#define WEFT_SIM_MODEL_FILE_H_

#include <cstdint>
#include <optional>
#include <string>

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

// config: empty for the default, or for the one that a program file brings. one_segment_per_layer,
// slice_tiles: as in CompileOptions; a program file without them is compiled again. workload: only with a
// workload file. Throws Error: kBadInput, or kUsage if a program file was compiled for another
// configuration or there are workload options for something else. program.model_bytes of a workload
// are WorkloadToYaml, with these options in it.
LoadedModel LoadModel(const std::string& path, const std::string& config, Need need,
                      bool one_segment_per_layer = false, const WorkloadOptions& workload = {},
                      int64_t slice_tiles = 0);

}  // namespace weft

#endif  // WEFT_SIM_MODEL_FILE_H_
