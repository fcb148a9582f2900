// SPDX-License-Identifier: Apache-2.0
// The published figures that studies are held against, spec/studies, which the program carries.

#ifndef WEFT_SIM_STUDY_PUBLISHED_H_
#define WEFT_SIM_STUDY_PUBLISHED_H_

#include <yaml-cpp/yaml.h>

#include <string>

namespace weft {

// NAME.yaml, parsed. Throws Error (kMachine) if there is none.
YAML::Node PublishedFigures(const std::string& name);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_PUBLISHED_H_
