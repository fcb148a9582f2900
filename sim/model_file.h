// SPDX-License-Identifier: Apache-2.0
// MODEL of the command line: a .tflite file or a program file.

#ifndef WEFT_SIM_MODEL_FILE_H_
#define WEFT_SIM_MODEL_FILE_H_

#include <optional>
#include <string>

#include "compiler/program.h"

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

// config: empty for the default, or for the one that a program file brings. one_segment_per_layer:
// as in CompileOptions; a program file without it is compiled again. Throws Error: kBadInput, or
// kUsage if a program file was compiled for another configuration.
LoadedModel LoadModel(const std::string& path, const std::string& config, Need need,
                      bool one_segment_per_layer = false);

}  // namespace weft

#endif  // WEFT_SIM_MODEL_FILE_H_
