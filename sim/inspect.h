// SPDX-License-Identifier: Apache-2.0
// What `weft inspect` shows of a program.

#ifndef WEFT_SIM_INSPECT_H_
#define WEFT_SIM_INSPECT_H_

#include <nlohmann/json.hpp>
#include <string>

#include "compiler/program.h"

namespace weft {

struct InspectOptions {
  bool commands = true;      // the disassembly too
  bool expand_maps = false;  // with the entries of patterns
};

std::string InspectText(const Program& program, const InspectOptions& options);
nlohmann::ordered_json InspectJson(const Program& program, const InspectOptions& options);

}  // namespace weft

#endif  // WEFT_SIM_INSPECT_H_
