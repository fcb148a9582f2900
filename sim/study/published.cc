// SPDX-License-Identifier: Apache-2.0
#include "sim/study/published.h"

#include "kStudyFiles.h"
#include "model/error.h"

namespace weft {

YAML::Node PublishedFigures(const std::string& name) {
  for (const auto& file : kStudyFiles)
    if (name + ".yaml" == file.name) return YAML::Load(file.text);
  throw Error("spec/studies/" + name + ".yaml: no such file", ExitStatus::kMachine);
}

}  // namespace weft
