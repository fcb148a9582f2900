// SPDX-License-Identifier: Apache-2.0
// A mapping as the loop nest of Timeloop (v4 input files), as near as its form permits: in Timeloop every level
// has one loop a dimension. Our two lists begin and end anywhere, so a row block becomes a factor each of kernel
// columns, kernel rows and channel groups, and what does not divide becomes an imperfect factor "bound,last".

#ifndef WEFT_COMPILER_TIMELOOP_H_
#define WEFT_COMPILER_TIMELOOP_H_

#include <array>
#include <string>

#include "compiler/layer.h"
#include "compiler/mapping.h"

namespace weft {

// From DRAM inwards. Columns and rows of PEs are spatial, and the lanes of one.
enum TimeloopLevel : size_t {
  kTimeloopDram, kTimeloopGlb, kTimeloopColumns, kTimeloopRows, kTimeloopFilterSpad, kTimeloopIfmapSpad,
  kTimeloopPsumSpad, kTimeloopLanes, kTimeloopLevels
};
constexpr const char* kTimeloopNames[kTimeloopLevels] = {"DRAM",        "GLB",        "columns",  "rows",
                                                         "filter_spad", "ifmap_spad", "psum_spad", "lanes"};
// Images, channels, filters, kernel rows and columns, output rows and columns; depthwise layers have no C.
constexpr char kTimeloopDims[] = "NCMRSPQ";
constexpr size_t kTimeloopDimCount = sizeof kTimeloopDims - 1;

struct TimeloopLoop {
  int bound = 1;  // iterations
  int last = 1;   // of the loop's last round, where all loops outside it are in their last iteration
};

struct TimeloopNest {
  std::array<int, kTimeloopDimCount> sizes{};  // of the problem
  std::array<std::array<TimeloopLoop, kTimeloopDimCount>, kTimeloopLevels> loops{};
};

TimeloopNest MakeTimeloopNest(const ArrayLayer& layer, const Config& config, const Mapping& mapping);

// Contents of problem.yaml, architecture.yaml and mapping.yaml. name: of the layer, for a comment.
std::string TimeloopProblem(const ArrayLayer& layer, const std::string& name);
std::string TimeloopArchitecture(const Config& config);
std::string TimeloopMapping(const ArrayLayer& layer, const Config& config, const Mapping& mapping,
                            const std::string& name);

}  // namespace weft

#endif  // WEFT_COMPILER_TIMELOOP_H_
