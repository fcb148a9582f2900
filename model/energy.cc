// SPDX-License-Identifier: Apache-2.0
#include "model/energy.h"

#include <fmt/format.h>

#include <cmath>

#include "model/error.h"

namespace weft {
namespace {

constexpr double kSumBits = 32, kByteBits = 8;

int Log2Ceil(int value) {
  int bits = 0;
  while ((1 << bits) < value) ++bits;
  return bits;
}

// Events beside those of spec/events.yaml, and what they count.
struct Derived {
  const char* name;
  int first, second;  // events that are added; second -1: none
};
constexpr Derived kDerived[] = {{"filter_spad_rd", spec::kEvMac, spec::kEvMacGated},
                                {"ifmap_spad_rd", spec::kEvMac, spec::kEvMacGated},
                                {"flt_deliver", spec::kEvFilterSpadWr, -1},
                                {"act_deliver", spec::kEvIfmapSpadWr, -1}};

// Width and memory of every event. An entry of the window or the bus has a value and its place among the taps; the
// lanes of a PE share what is read. Left out is `act_values`, whose bytes are those of the words that `glb_act` counts.
struct Shapes {
  explicit Shapes(const Config& c)
      : weight(kWeightBits), weights(kWeightBits * c.lanes), lanes(c.lanes),
        entry(kWeightBits + Log2Ceil(c.filter_depth)),
        filter_spad(2.0 * c.filter_depth * weights / kByteBits),
        window(static_cast<double>(c.win_rows) * c.win_lanes * entry / kByteBits),
        psum_spad(static_cast<double>(c.psum_rows) * c.lanes * kSumBits / kByteBits),
        glb_word(c.glb_bytes * kByteBits), beat(c.mem_bytes * kByteBits), glb(c.glb_size()),
        filter_beat(static_cast<double>(c.rows) * weights),
        sums(c.psum_words_per_glb_word() * kSumBits), outputs(c.post_lanes * kByteBits) {}

  static constexpr double kWeightBits = 9;  // weights and activations, less their zero point
  double weight, weights, lanes, entry, filter_spad, window, psum_spad, glb_word, beat, glb, filter_beat, sums, outputs;
};

EnergyEvent EventOf(const std::string& name, const Shapes& s) {
  const std::map<std::string, EnergyEvent> known = {
      {"mac", {"", kEnergyMac, s.weight, 0}},
      {"mac_gated", {"", kEnergyMac, s.weight, 0}},
      {"filter_spad_rd", {"", kEnergySpad, s.weight, s.filter_spad}},
      {"filter_spad_wr", {"", kEnergySpad, s.weights, s.filter_spad}},
      {"ifmap_spad_rd", {"", kEnergySpad, s.entry / s.lanes, s.window}},
      {"ifmap_spad_wr", {"", kEnergySpad, s.entry, s.window}},
      {"psum_spad_rd", {"", kEnergySpad, kSumBits, s.psum_spad}},
      {"psum_spad_wr", {"", kEnergySpad, kSumBits, s.psum_spad}},
      {"chain", {"", kEnergyNoc, kSumBits, 0}},
      {"act_bus", {"", kEnergyNoc, s.entry, 0}},
      {"act_deliver", {"", kEnergyNoc, s.entry, 0}},
      {"flt_bus", {"", kEnergyNoc, s.filter_beat, 0}},
      {"flt_deliver", {"", kEnergyNoc, s.weights, 0}},
      {"glb_act", {"", kEnergyGlb, s.glb_word, s.glb}},
      {"glb_flt", {"", kEnergyGlb, s.glb_word, s.glb}},
      {"glb_psr", {"", kEnergyGlb, s.sums, s.glb}},
      {"glb_res", {"", kEnergyGlb, s.outputs, s.glb}},
      {"glb_str", {"", kEnergyGlb, s.glb_word, s.glb}},
      {"glb_lf", {"", kEnergyGlb, s.beat, s.glb}},
      {"glb_li", {"", kEnergyGlb, s.beat, s.glb}},
      {"glb_psw", {"", kEnergyGlb, s.sums, s.glb}},
      {"glb_out", {"", kEnergyGlb, s.outputs, s.glb}},
      {"dram_rd_cmd", {"", kEnergyDram, kByteBits, 0}},
      {"dram_rd_fl", {"", kEnergyDram, kByteBits, 0}},
      {"dram_rd_il", {"", kEnergyDram, kByteBits, 0}},
      {"dram_wr_st", {"", kEnergyDram, kByteBits, 0}},
      {"dram_wr_rec", {"", kEnergyDram, kByteBits, 0}},
      {"post", {"", kEnergyOther, kSumBits, 0}},
      {"post_add", {"", kEnergyOther, kSumBits, 0}},
      {"cycle", {"", kEnergyOther, 1, 0}}};
  EnergyEvent event = known.at(name);
  event.name = name;
  return event;
}

}  // namespace

double EnergyCost::Of(double event_bits, double memory_bytes) const {
  double cost = pj;
  if (!points.empty()) {
    // The segment of the memory's size, else the nearest one.
    size_t i = 1;
    while (i + 1 < points.size() && memory_bytes > points[i].first) ++i;
    const auto& [x0, y0] = points[i - 1];
    const auto& [x1, y1] = points[i];
    cost = memory_bytes == x1 ? y1 : y0 * std::pow(memory_bytes / x0, std::log(y1 / y0) / std::log(x1 / x0));
  }
  if (scale == EnergyScale::kNone) return cost;
  const double wider = event_bits / bits;
  return cost * (scale == EnergyScale::kSquare ? wider * wider : wider);
}

double EnergyTable::CostOf(const std::string& event, double bits, double memory_bytes) const {
  double pj = 0;
  for (const EnergyCost& cost : events.at(event)) pj += cost.Of(bits, memory_bytes);
  return pj;
}

std::vector<EnergyEvent> EnergyEvents(const Config& config) {
  const Shapes shapes(config);
  std::vector<EnergyEvent> events;
  for (int e = 0; e < spec::kEventCount; ++e)
    if (e != spec::kEvActValues) events.push_back(EventOf(spec::kEvents[e].name, shapes));
  for (const Derived& derived : kDerived) events.push_back(EventOf(derived.name, shapes));
  events.push_back(EventOf("cycle", shapes));
  return events;
}

std::vector<int64_t> EnergyCountsOf(const std::vector<int64_t>& events, int64_t cycles) {
  std::vector<int64_t> counts;
  for (int e = 0; e < spec::kEventCount; ++e)
    if (e != spec::kEvActValues) counts.push_back(events[static_cast<size_t>(e)]);
  for (const Derived& derived : kDerived)
    counts.push_back(events[static_cast<size_t>(derived.first)] +
                     (derived.second < 0 ? 0 : events[static_cast<size_t>(derived.second)]));
  counts.push_back(cycles);
  return counts;
}

std::vector<double> EventCosts(const EnergyTable& table, const Config& config) {
  constexpr double kMost = 1e6;  // a count of 2^40 then still has its energy in 64 bits
  std::vector<double> costs;
  for (const EnergyEvent& event : EnergyEvents(config)) {
    double pj = 0;
    for (const EnergyCost& cost : table.events.at(event.name))
      pj += cost.milliwatts ? cost.pj * 1000 / config.clock_mhz : cost.Of(event.bits, event.memory_bytes);
    if (!(pj <= kMost))
      throw Error(fmt::format("{}: event {} costs {:g} pJ in configuration {}; at most {:g} are possible", table.name,
                              event.name, pj, config.name, kMost));
    costs.push_back(pj);
  }
  return costs;
}

LayerEnergy& LayerEnergy::operator+=(const LayerEnergy& other) {
  event_pj.resize(other.event_pj.size());
  for (size_t i = 0; i < event_pj.size(); ++i) event_pj[i] += other.event_pj[i];
  for (size_t c = 0; c < kEnergyComponents; ++c) component_pj[c] += other.component_pj[c];
  total_pj += other.total_pj;
  return *this;
}

LayerEnergy EnergyOf(const std::vector<EnergyEvent>& events, const std::vector<double>& costs,
                     const std::vector<int64_t>& counts) {
  LayerEnergy energy;
  for (size_t i = 0; i < events.size(); ++i) {
    const int64_t pj = std::llround(static_cast<double>(counts[i]) * costs[i]);
    energy.event_pj.push_back(pj);
    energy.component_pj[events[i].component] += pj;
    energy.total_pj += pj;
  }
  return energy;
}

}  // namespace weft
