// SPDX-License-Identifier: Apache-2.0
// What is counted in a window, and the two sets of columns that its energy is regressed on.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace weft::energy {

enum Event {
  kMac, kMacAlone, kMacSigned, kMacResumed, kMax, kMacGated, kFilterSpadWr, kIfmapSpadWr, kPsumAccumulate,
  kPsumLeave, kPsumSpadWr, kChain, kChainBelow, kStep, kCycle, kEvents
};
using Counts = std::array<int64_t, kEvents>;

struct Column {
  const char* name;
  const char* doc;
  std::vector<Event> events;  // their sum
};

// All that tells windows apart.
inline std::vector<Column> AllColumns() {
  return {{"mac", "multiplications of nonzero operands", {kMac}},
          {"mac_alone", "those of a step with one nonzero activation, which stays", {kMacAlone}},
          {"mac_signed", "in addition for mac, if activations have both signs", {kMacSigned}},
          {"mac_resumed", "in addition for one right behind a gated one", {kMacResumed}},
          {"max", "operations of maximum passes (mac of their layers)", {kMax}},
          {"mac_gated", "multiplier cycles held because the weight is zero", {kMacGated}},
          {"filter_spad_wr", "filter spad words written", {kFilterSpadWr}},
          {"ifmap_spad_wr", "window entries written", {kIfmapSpadWr}},
          {"psum_spad_rd_dw", "psum_spad_rd: words read to be added to (depthwise, maximum)", {kPsumAccumulate}},
          {"psum_spad_rd_out", "psum_spad_rd: stored words that leave", {kPsumLeave}},
          {"psum_spad_wr", "psum spad words written", {kPsumSpadWr}},
          {"chain", "words loaded into the link register", {kChain}},
          {"chain_below", "in addition if a word of the PE below is added", {kChainBelow}},
          {"step", "steps of an active PE", {kStep}}};
}

// Events of a layer record (spec/events.yaml); a layer's kind tells `max` from `mac`.
inline std::vector<Column> RecordColumns() {
  return {{"mac", "multiplications of nonzero operands", {kMac, kMacAlone}},
          {"max", "as above", {kMax}},
          {"mac_gated", "as above", {kMacGated}},
          {"filter_spad_wr", "as above", {kFilterSpadWr}},
          {"ifmap_spad_wr", "as above", {kIfmapSpadWr}},
          {"psum_spad_rd", "psum spad words read", {kPsumAccumulate, kPsumLeave}},
          {"psum_spad_wr", "as above", {kPsumSpadWr}},
          {"chain", "as above", {kChain}}};
}

inline int64_t Count(const Column& column, const Counts& counts) {
  int64_t sum = 0;
  for (const Event e : column.events) sum += counts[e];
  return sum;
}

}  // namespace weft::energy
