// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study.h"

#include "sim/study/dataflows.h"
#include "sim/study/eyeriss.h"
#include "sim/study/quantization.h"
#include "sim/study/zeros.h"

namespace weft {

const std::vector<Study>& Studies() {
  static const std::vector<Study> studies = {
      {"eyeriss", "the Eyeriss chip's AlexNet and VGG-16: PEs, GLB, DRAM, time, power", StudyEyeriss, false},
      {"zeros", "gating, skipping and run-length coding of zeros in energy, cycles and bytes", StudyZeros, false},
      {"quantization", "energy and bytes of weights of 16, 8, 4 bits and of a codebook", StudyQuantization, false},
      {"dataflows", "energy of row stationary and five other dataflows on AlexNet (ISCA 2016)", StudyDataflows, true},
  };
  return studies;
}

}  // namespace weft
