// SPDX-License-Identifier: Apache-2.0
// What a mapping costs, in closed form: cycles and DRAM bytes. The formulas stand in docs/mapping.md.

#ifndef WEFT_COMPILER_MAPPING_COST_H_
#define WEFT_COMPILER_MAPPING_COST_H_

#include <cstdint>
#include <map>
#include <tuple>

#include "compiler/mapping_space.h"

namespace weft {

// Cycles of a step on each resource that all of a pass's steps go through.
struct StepCost {
  double mac = 0;      // the busiest PE
  double bus = 0;      // ifmap bus
  double collect = 0;  // collector and post-processing
  double coupling = 0;  // what the two lose by waiting for each other
  double most() const;
};

// Bytes of DRAM that the tiles of a layer need, commands aside.
struct Traffic {
  double in = 0, filters = 0, out = 0, residual = 0;
  double sum() const { return in + filters + out + residual; }
};

struct Cost {
  StepCost step;
  double steps = 0;      // of all passes
  double tokens = 0;     // places in streams that the feeder goes through
  double array = 0;      // all passes, one after the other
  double filters = 0;    // the filter bus, all loads
  double restarts = 0;   // waiting for ifmap rows where others lie
  double memory = 0;     // DRAM traffic at the rate its bursts allow
  double memory_in = 0, memory_filters = 0, memory_out = 0;  // of it ifmaps, filters, outputs
  double startup = 0;    // before the first pass
  double tail = 0;       // after the last one
  double cycles = 0;     // max of what overlaps, and startup and tail
  Traffic bytes;
  int64_t dram_bytes = 0;  // with commands
};

struct Bound {
  double cycles = 0, dram_bytes = 0;
};

class CostModel {
 public:
  CostModel(const ArrayLayer& layer, const Config& config);

  // Of a mapping that PlaceInGlb has accepted.
  Cost Estimate(const ArrayWay& way, const Mapping& m);
  // Likewise of a layer of a pair (pair.h): no memory for the tensor between, which a conv layer reads and any
  // other one writes. Cycles stay those of the layer by itself.
  Cost EstimateInPair(const ArrayWay& way, const Mapping& m);
  // Of a tile whose filter block is sized (SizeFilters).
  Traffic Bytes(const ArrayWay& way, const Mapping& m) const;
  // No tile of this way takes less.
  Bound LeastOf(const ArrayWay& way);

 private:
  StepCost Step(const ArrayWay& way, int positions, int fgs, int row_blocks, int steps);
  double TapShare(const ArrayWay& way) const;
  int Streams(const ArrayWay& way, int positions, int row_blocks);
  double BeatShare(int bytes, int apart) const;
  double IfmapLoads(const Mapping& m, double places, double chunks) const;
  double PassShare(const Mapping& m) const;
  double MemoryCycles(double bytes, double run_bytes) const;
  bool conv() const { return layer_.mode == LayerMode::kConv; }

  const ArrayLayer& layer_;
  const Config& c_;
  const int64_t tap_pairs_;  // of output column and tap that meet
  std::map<std::tuple<int, int, int, int, int, int>, int> streams_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_COST_H_
