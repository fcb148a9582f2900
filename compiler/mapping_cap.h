// SPDX-License-Identifier: Apache-2.0
// The cap of a layer: cycles that no mapping on this machine can beat, and what sets them. Formulas and
// reasons stand in docs/mapping.md, "The cap".

#ifndef WEFT_COMPILER_MAPPING_CAP_H_
#define WEFT_COMPILER_MAPPING_CAP_H_

#include <array>
#include <cstdint>

#include "compiler/mapping_cost.h"
#include "compiler/tap_counts.h"

namespace weft {

// The memory that caps hold for: `--memory 8,60`.
constexpr int kCapMemoryBytes = 8;     // bytes a cycle
constexpr int kCapMemoryLatency = 60;  // cycles

enum Resource : size_t { kMultipliers, kIfmapBus, kFilterBus, kCollectorPort, kDram, kResources };
constexpr const char* kResourceNames[kResources] = {"multipliers", "ifmap bus", "filter bus", "collector", "DRAM"};

// Busy cycles of each resource.
using ResourceCycles = std::array<double, kResources>;
Resource Busiest(const ResourceCycles& cycles);

// Where the multipliers' cycles go, as fractions of 1. Their product is effectual MACs over multipliers x
// cycles.
struct MultiplierUse {
  double units = 1;    // columns and segments that make sums
  double rows = 1;     // array rows that the list of row entries fills
  double padding = 1;  // filled rows that do not fall on padding, or on fewer values than others
  double lanes = 1;    // lanes with a filter
  double setups = 1;   // cycles of a step but its first
};

struct LayerCap {
  double latency = 0;      // cycles that overlap with nothing
  ResourceCycles cycles{};  // lower bounds, of the way of filling the array whose largest one is least
  ResourceCycles least{};   // of each by itself, whatever the way; multipliers: ideal, ifmap bus: left out
  double in_step = 0;       // as total(), if the PEs of a row block worked in step; short passes can beat it
  double effectual_macs = 0;
  double ideal = 0;  // effectual MACs / multipliers
  MultiplierUse use;  // of that way
  Mapping way;        // its array part

  Resource sets() const { return Busiest(cycles); }
  double total() const { return latency + cycles[sets()]; }
};

// Of one array layer whose step begins with it. Later ones of a step start when the one before has been stored:
// their commands have been fetched by then.
LayerCap CapOf(const ArrayLayer& layer, const Config& config, const TapCounts& counts, bool first = true);

// Of a pair (pair.h), from the caps of its layers: their passes overlap, so each resource's least cycles add up, and
// the tensor between needs no DRAM. Without `use` and `way`.
LayerCap CapOfPair(const ArrayLayer& first, const ArrayLayer& second, const Config& config, const LayerCap& of_first,
                   const LayerCap& of_second);

// Bytes that must pass the memory port at least once.
struct CompulsoryBytes {
  int64_t in = 0, filters = 0, params = 0, out = 0, residual = 0;
  int64_t sum() const { return in + filters + params + out + residual; }
};
CompulsoryBytes CompulsoryTraffic(const ArrayLayer& layer);

// Busy cycles of each resource as expected of a mapping (mapping_cost.h).
ResourceCycles BusyCycles(const Cost& cost);

// What a mapping costs, of a layer of a pair too.
Cost CostOf(const ArrayLayer& layer, const Config& config, const Mapping& mapping);

// The way of filling the array that a mapping is of.
ArrayWay WayOf(const Mapping& mapping);

// Of that way, with the PEs of a row block in step.
MultiplierUse UseInStep(const ArrayLayer& layer, const Config& config, const TapCounts& counts, const ArrayWay& way);

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_CAP_H_
