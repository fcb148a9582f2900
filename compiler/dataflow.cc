// SPDX-License-Identifier: Apache-2.0
#include "compiler/dataflow.h"

#include "compiler/dataflow_kinds.h"

namespace weft {
namespace {

struct Kind {
  const char *key, *name, *doc;
  std::optional<DataflowMapping> (*map)(const DataflowTask&, const DataflowTile&);
  void (*tiles)(const DataflowTask&, const TileVisitor&);
};

const Kind& KindOf(Dataflow dataflow) {
  static const Kind kinds[] = {
      {"rs", "RS", "row stationary", MapRowStationary, TilesRowStationary},
      {"ws", "WS", "weight stationary", MapWeightStationary, TilesWeightStationary},
      {"os_a", "OSA", "output stationary, one channel, many pixels", MapOutputStationary, TilesOutputStationary},
      {"os_b", "OSB", "output stationary, many channels, many pixels", MapOutputStationary, TilesOutputStationary},
      {"os_c", "OSC", "output stationary, many channels, one pixel", MapOutputStationary, TilesOutputStationary},
      {"nlr", "NLR", "no local reuse", MapNoLocalReuse, TilesNoLocalReuse},
  };
  return kinds[static_cast<size_t>(dataflow)];
}

// Equation (3) of the paper.
LevelEnergy InputEnergy(const ReuseSplit& reuse, const AccessCosts& costs) {
  LevelEnergy energy;
  energy.dram = reuse.values * reuse.a * costs.dram;
  if (reuse.by_glb) energy.glb = reuse.values * reuse.a * reuse.b * costs.glb;
  if (reuse.by_array) energy.array = reuse.values * reuse.a * reuse.b * reuse.c * costs.array;
  if (reuse.d > 1) energy.rf = reuse.values * reuse.uses() * costs.rf;
  return energy;
}

// Equation (4).
LevelEnergy PsumEnergy(const ReuseSplit& reuse, const AccessCosts& costs) {
  const double a = reuse.a, b = reuse.b, c = reuse.c, d = reuse.d;
  LevelEnergy energy;
  energy.dram = reuse.values * (2 * a - 1) * costs.dram;
  energy.glb = reuse.values * 2 * a * (b - 1) * costs.glb;
  energy.array = reuse.values * a * b * (c - 1) * costs.array;
  energy.rf = reuse.values * 2 * a * b * c * (d - 1) * costs.rf;
  return energy;
}

}  // namespace

const char* DataflowKey(Dataflow dataflow) { return KindOf(dataflow).key; }
const char* DataflowName(Dataflow dataflow) { return KindOf(dataflow).name; }
const char* DataflowDoc(Dataflow dataflow) { return KindOf(dataflow).doc; }

LevelEnergy& LevelEnergy::operator+=(const LevelEnergy& other) {
  dram += other.dram;
  glb += other.glb;
  array += other.array;
  rf += other.rf;
  return *this;
}

LevelEnergy DataflowEnergy::levels() const {
  LevelEnergy sum = ifmap;
  sum += filter;
  return sum += psum;
}

DataflowEnergy& DataflowEnergy::operator+=(const DataflowEnergy& other) {
  mac += other.mac;
  ifmap += other.ifmap;
  filter += other.filter;
  psum += other.psum;
  return *this;
}

DataflowEnergy EnergyOf(const DataflowMapping& mapping, const AccessCosts& costs) {
  DataflowEnergy energy;
  energy.mac = mapping.macs * costs.mac;
  energy.ifmap = InputEnergy(mapping.ifmap, costs);
  energy.filter = InputEnergy(mapping.filter, costs);
  energy.psum = PsumEnergy(mapping.psum, costs);
  return energy;
}

std::vector<int64_t> Parts(int64_t whole) {
  std::vector<int64_t> parts;
  for (int64_t part = 1; part <= whole; ++part)
    if (part == Balanced(whole, part)) parts.push_back(part);
  return parts;
}

DataflowMapping MakeMapping(const DataflowTask& task, const DataflowTile& tile, double group_cycles,
                            const LevelWords& ifmap, const LevelWords& filter, const LevelWords& psum) {
  const double macs = static_cast<double>(task.layer.macs(task.batch)), groups = static_cast<double>(task.layer.groups);
  const auto split = [&](int64_t group_values, const LevelWords& words) {
    const double values = static_cast<double>(group_values);
    return ReuseSplit{values * groups,         words.dram / values, words.glb / words.dram,
                      words.array / words.glb, macs / words.array,  words.by_glb,
                      words.by_array};
  };
  DataflowMapping mapping;
  mapping.tile = tile;
  mapping.macs = macs * groups;
  mapping.cycles = group_cycles * groups;
  mapping.ifmap = split(task.layer.ifmaps(task.batch), ifmap);
  mapping.filter = split(task.layer.filters(), filter);
  mapping.psum = split(task.layer.ofmaps(task.batch), psum);
  return mapping;
}

std::optional<DataflowMapping> MapTile(Dataflow dataflow, const DataflowLayer& layer, int64_t batch,
                                       const DataflowHardware& hardware, const DataflowTile& tile) {
  return KindOf(dataflow).map({dataflow, layer, batch, hardware, tile.ifmaps_stay}, tile);
}

std::optional<DataflowMapping> BestMapping(Dataflow dataflow, const DataflowLayer& layer, int64_t batch,
                                           const DataflowHardware& hardware, const AccessCosts& costs,
                                           bool ifmaps_stay) {
  const DataflowTask task = {dataflow, layer, batch, hardware, ifmaps_stay};
  std::optional<DataflowMapping> best;
  double least = 0;
  KindOf(dataflow).tiles(task, [&](const DataflowTile& tile) {
    const std::optional<DataflowMapping> mapping = KindOf(dataflow).map(task, tile);
    if (!mapping) return;
    const double energy = EnergyOf(*mapping, costs).total();
    if (!best || energy < least || (energy == least && mapping->cycles < best->cycles)) {
      best = mapping;
      least = energy;
    }
  });
  return best;
}

}  // namespace weft
