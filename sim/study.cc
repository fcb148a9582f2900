// SPDX-License-Identifier: Apache-2.0
#include "sim/study.h"

namespace weft {

const std::vector<Study>& Studies() {
  static const std::vector<Study> studies;
  return studies;
}

}  // namespace weft
