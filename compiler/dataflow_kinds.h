// SPDX-License-Identifier: Apache-2.0
// Internal to dataflow*.cc: what each dataflow brings.

#ifndef WEFT_COMPILER_DATAFLOW_KINDS_H_
#define WEFT_COMPILER_DATAFLOW_KINDS_H_

#include <functional>
#include <optional>
#include <vector>

#include "compiler/ceil_div.h"
#include "compiler/dataflow.h"

namespace weft {

struct DataflowTask {
  Dataflow dataflow;
  const DataflowLayer& layer;
  int64_t batch;
  const DataflowHardware& hardware;
  bool ifmaps_stay;
};

// Map*: as MapTile. Tiles*: calls `visit` with tiles among which the best is; they need not fit.
using TileVisitor = std::function<void(const DataflowTile&)>;
std::optional<DataflowMapping> MapRowStationary(const DataflowTask& task, const DataflowTile& tile);
void TilesRowStationary(const DataflowTask& task, const TileVisitor& visit);
std::optional<DataflowMapping> MapWeightStationary(const DataflowTask& task, const DataflowTile& tile);
void TilesWeightStationary(const DataflowTask& task, const TileVisitor& visit);
std::optional<DataflowMapping> MapOutputStationary(const DataflowTask& task, const DataflowTile& tile);
void TilesOutputStationary(const DataflowTask& task, const TileVisitor& visit);
std::optional<DataflowMapping> MapNoLocalReuse(const DataflowTask& task, const DataflowTile& tile);
void TilesNoLocalReuse(const DataflowTask& task, const TileVisitor& visit);

// The least part that cuts `whole` into as many pieces as `part` does.
inline int64_t Balanced(int64_t whole, int64_t part) { return CeilDivLong(whole, CeilDivLong(whole, part)); }
std::vector<int64_t> Parts(int64_t whole);  // those that are balanced, rising

// Words that each level hands down in one group; for psums the partial sums that it takes in, one more than it reads
// back. Levels below the last one given hand down one word per use.
struct LevelWords {
  double dram = 0, glb = 0, array = 0;
  bool by_glb = true, by_array = true;  // as in ReuseSplit
};
// Of one group's counts, a mapping of all groups. psum.dram is the ofmap.
DataflowMapping MakeMapping(const DataflowTask& task, const DataflowTile& tile, double group_cycles,
                            const LevelWords& ifmap, const LevelWords& filter, const LevelWords& psum);

}  // namespace weft

#endif  // WEFT_COMPILER_DATAFLOW_KINDS_H_
