// SPDX-License-Identifier: Apache-2.0
// What our cost code says of the Eyeriss chip.
#include <algorithm>
#include <cmath>

#include "compiler/row_stationary_search.h"
#include "sim/study/least_squares.h"
#include "sim/study/eyeriss.h"

namespace weft {
namespace {

double Megabytes(const EyerissChip& chip, int64_t words) {
  return static_cast<double>(words * chip.machine.word_bytes) / 1e6;
}

// pJ at the cited costs, without DRAM.
double OnChipPj(const EyerissChip& chip, const EnergyCounts& n) {
  return n.macs * chip.mac_pj + n.spad * chip.spad_pj + n.array * chip.array_pj + n.glb * chip.glb_pj;
}

std::pair<double, double> Score(const EyerissChip& chip, const RowStationaryCounts& c) {
  return {static_cast<double>(c.dram_words()) * static_cast<double>(c.pass_cycles),
          OnChipPj(chip, RowStationaryEnergy(c, 0))};
}

}  // namespace

EyerissEstimate EstimateEyeriss(const EyerissChip& chip, const EyerissNetwork& network, size_t index,
                                const RowStationaryMapping& mapping) {
  const EyerissLayer& layer = network.layers[index];
  EyerissEstimate e;
  e.mapping = mapping;
  e.counts = CountRowStationary(layer.shape, mapping, chip.machine);
  e.glb_mb = Megabytes(chip, e.counts.glb_words());

  // An ofmap has the zeros of the next layer's ifmap, the last one those of its own; the first ifmap is not coded.
  const double zeros = layer.measured.zeros_pct / 100;
  const size_t next = std::min(index + 1, network.layers.size() - 1);
  const auto coded_mb = [&](int64_t words, double fraction) {
    return RunLengthExpectedBytes(chip.run_length, static_cast<double>(words), fraction) / 1e6;
  };
  const double ifmap_mb = Megabytes(chip, e.counts.dram_ifmap), filter_mb = Megabytes(chip, e.counts.dram_filter);
  e.fmap_raw_mb = ifmap_mb + Megabytes(chip, e.counts.dram_ofmap);
  e.fmap_mb = (index == 0 ? ifmap_mb : coded_mb(e.counts.dram_ifmap, zeros)) +
              coded_mb(e.counts.dram_ofmap, network.layers[next].measured.zeros_pct / 100);
  e.dram_raw_mb = filter_mb + e.fmap_raw_mb;
  e.dram_mb = filter_mb + e.fmap_mb;

  e.mac_ms = static_cast<double>(e.counts.mac_cycles) / chip.clock_mhz / 1000;
  e.ms = static_cast<double>(e.counts.cycles()) / chip.clock_mhz / 1000;
  const EnergyCounts n = RowStationaryEnergy(e.counts, zeros);
  e.mac_mj = n.macs * chip.mac_pj * 1e-9;
  e.spad_mj = n.spad * chip.spad_pj * 1e-9;
  e.array_mj = n.array * chip.array_pj * 1e-9;
  e.glb_mj = n.glb * chip.glb_pj * 1e-9;
  return e;
}

EyerissPower FitEyerissPower(const EyerissNetwork& network, const std::vector<EyerissEstimate>& estimates,
                             std::optional<size_t> left_out) {
  std::vector<std::vector<double>> rows;
  std::vector<double> values;
  for (size_t i = 0; i < estimates.size(); ++i) {
    if (i == left_out) continue;
    rows.push_back({estimates[i].switched_mj() / estimates[i].ms * 1000, 1});
    values.push_back(network.layers[i].measured.power_mw);
  }
  const std::vector<double> x = LeastRelativeSquares(rows, values);
  return {x[0], x[1]};
}

RowStationaryMapping FindEyerissMapping(const EyerissChip& chip, const EyerissLayer& layer) {
  return SearchRowStationary(layer.shape, chip.machine, [&](const RowStationaryCounts& c) -> RowStationaryScore {
    return Score(chip, c);
  });
}

RowStationaryMapping InferEyerissMapping(const EyerissChip& chip, const EyerissLayer& layer) {
  const EyerissMeasured& measured = layer.measured;
  return SearchRowStationary(layer.shape, chip.machine, [&](const RowStationaryCounts& c) -> RowStationaryScore {
    const double glb_error = Megabytes(chip, c.glb_words()) / measured.glb_mb - 1;
    if (c.active_pes != measured.pes || std::abs(glb_error) > kInferredGlbTolerance) return std::nullopt;
    return Score(chip, c);
  });
}

}  // namespace weft
