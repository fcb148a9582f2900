// SPDX-License-Identifier: Apache-2.0
#include "sim/cli.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iterator>

#include "compiler/mapping_value.h"
#include "model/error.h"
#include "sim/rtl_cache.h"
#include "weft_version.h"

namespace weft {

std::string RtlSha256() {
  try {
    return RtlHash();
  } catch (const std::filesystem::filesystem_error&) {
    return "";
  }
}

std::string VersionLine() {
  const std::string rtl = RtlSha256();
  return fmt::format("weft {}, commit {}, RTL sha256 {}", kVersion, kCommit,
                     rtl.empty() ? "unknown (no source tree)" : rtl);
}

void Print(const std::string& text) {
  const bool ok =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!ok)
    throw Error(fmt::format("standard output: {}", std::strerror(errno)), ExitStatus::kMachine);
}

void AddObjectiveOption(CLI::App* command, std::optional<Objective>* objective) {
  command
      ->add_option_function<std::string>(
          "--objective",
          [objective](const std::string& name) {
            const auto at = std::find(std::begin(kObjectiveNames), std::end(kObjectiveNames), name);
            *objective = static_cast<Objective>(at - std::begin(kObjectiveNames));
          },
          "what mappings are chosen for: cycles (and a little DRAM traffic; the default), energy (estimated), "
          "product of both, latency (cycles alone)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kObjectiveNames), std::end(kObjectiveNames))));
}

std::pair<int, int> ParseLayerRange(const std::string& text) {
  int first = -1, last = -1, end = 0;
  const int found = std::sscanf(text.c_str(), "%9d..%9d%n", &first, &last, &end);
  const bool whole = found == 2 && static_cast<size_t>(end) == text.size();
  if (!whole || first < 0 || last < first) {
    throw Error(
        fmt::format("--layers {}: A..B is needed, zero-based, both included, A not above B", text),
        ExitStatus::kUsage);
  }
  return {first, last};
}

}  // namespace weft
