// SPDX-License-Identifier: Apache-2.0
#include "sim/study/zeros.h"

#include <algorithm>
#include <cmath>

#include "compiler/run_length.h"
#include "sim/record.h"

namespace weft {
namespace {

// Values of 8 bits: five pairs and the last bit are 61 of the 64 bits of a memory beat.
constexpr RunLengthCode kCode = {4, 8, 5, 64};

// Bytes of a coded feature map over those of a plain one; a map that would grow stays as it is.
double CodedShare(double zeros) {
  constexpr double kValues = 1e6;
  return std::min(1.0, RunLengthExpectedBytes(kCode, kValues, zeros) / kValues);
}

ZerosFigures FiguresOf(const LayerResult& layer, const PricedEvents& events) {
  return {layer.cycles, DramBytes(layer), events.energy()};
}

// With ifmaps and ofmaps coded.
ZerosFigures Coded(const LayerResult& layer, PricedEvents events, double share_in, double share_out) {
  ZerosFigures figures{layer.cycles, DramBytes(layer), {}};
  const std::pair<const char*, double> clients[] = {{"dram_rd_il", share_in}, {"dram_wr_st", share_out}};
  for (const auto& [client, share] : clients) {
    int64_t& bytes = events.count(client);
    const int64_t coded = std::llround(static_cast<double>(bytes) * share);
    figures.dram_bytes -= bytes - coded;
    bytes = coded;
  }
  figures.energy = events.energy();
  return figures;
}

// A zero activation holds the multiplier's operands and does not read its weight.
PricedEvents Gated(PricedEvents events, double zeros) {
  int64_t &macs = events.count("mac"), &gated = events.count("mac_gated"), &reads = events.count("filter_spad_rd");
  const auto part = [&](int64_t count) { return std::llround(zeros * static_cast<double>(count)); };
  const int64_t held = part(macs);
  reads -= part(reads);
  gated += held;
  macs -= held;
  return events;
}

}  // namespace

std::vector<ZerosLayer> ZerosOf(const MeasuredWorkload& dense, const MeasuredWorkload& zeros,
                                const EnergyTable& table) {
  std::vector<ZerosLayer> layers;
  const size_t count = dense.result.layers.size();
  const auto zeros_of = [&](size_t i) {
    return NumbersOf(zeros.program, zeros.result.layers[i], zeros.result.batch).zero_fraction.value_or(0);
  };
  for (size_t i = 0; i < count; ++i) {
    const LayerResult &plain = dense.result.layers[i], &skipped = zeros.result.layers[i];
    ZerosLayer layer;
    layer.name = zeros.program.plan.steps[static_cast<size_t>(skipped.step)].name;
    layer.zeros_in = zeros_of(i);
    layer.zeros_out = i + 1 < count ? zeros_of(i + 1) : 0;
    const double in = CodedShare(layer.zeros_in), out = CodedShare(layer.zeros_out);
    const PricedEvents events(table, dense.program.config, plain);
    const PricedEvents gated = Gated(events, layer.zeros_in);
    const PricedEvents fewer(table, zeros.program.config, skipped);
    layer.ways[kDenseWay] = FiguresOf(plain, events);
    layer.ways[kGatedWay] = FiguresOf(plain, gated);
    layer.ways[kGatedCodedWay] = Coded(plain, gated, in, out);
    layer.ways[kSkippedWay] = FiguresOf(skipped, fewer);
    layer.ways[kSkippedCodedWay] = Coded(skipped, fewer, in, out);
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace weft
