// SPDX-License-Identifier: Apache-2.0
#include "sim/study.h"

#include "sim/study_eyeriss.h"

namespace weft {

const std::vector<Study>& Studies() {
  static const std::vector<Study> studies = {
      {"eyeriss", "the Eyeriss chip's AlexNet and VGG-16: PEs, GLB, DRAM, time, power", StudyEyeriss},
  };
  return studies;
}

}  // namespace weft
