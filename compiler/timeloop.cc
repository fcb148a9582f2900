// SPDX-License-Identifier: Apache-2.0
#include "compiler/timeloop.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/mapping_space.h"

namespace weft {
namespace {

enum Dim : size_t { kN, kC, kM, kR, kS, kP, kQ };

bool IsConv(const ArrayLayer& layer) { return layer.mode == LayerMode::kConv; }

std::array<int, kTimeloopDimCount> Sizes(const ArrayLayer& l) {
  return {l.out.n, IsConv(l) ? l.channels() : 1, l.filters(), l.kernel_h, l.kernel_w, l.out.h, l.out.w};
}

std::string Printable(const std::string& text) {
  std::string line = text;
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return line;
}

using Factors = std::array<std::array<int, kTimeloopDimCount>, kTimeloopLevels>;

// The units of a pass: filter groups and blocks of positions, over columns and over the segments of a column.
struct Units {
  int fgs_x = 1, fgs_y = 1, blocks_x = 1, blocks_y = 1;
  int product() const { return fgs_x * fgs_y * blocks_x * blocks_y; }
};

Units SplitUnits(const Config& c, const Mapping& m) {
  if (m.spread) return {m.sets, m.segs, m.positions, 1};
  // Units are dealt one after the other, also across the end of a column; a nest must choose what the
  // segments hold.
  Units filters;
  filters.fgs_y = std::min(m.segs, m.fgs);
  filters.fgs_x = CeilDiv(m.fgs, filters.fgs_y);
  filters.blocks_x = std::min(m.positions, c.cols / filters.fgs_x);
  Units blocks;
  blocks.fgs_x = m.fgs;
  blocks.blocks_y = std::min(m.segs, m.positions);
  blocks.blocks_x = m.fgs <= c.cols ? std::min(m.positions / blocks.blocks_y, c.cols / m.fgs) : 0;
  return blocks.product() >= filters.product() ? blocks : filters;
}

Factors MakeFactors(const ArrayLayer& l, const Config& c, const Mapping& m) {
  Factors f;
  for (auto& level : f) level.fill(1);
  const bool conv = IsConv(l);
  // In a PE: a window, p sums of it, one position after the other.
  f[kTimeloopPsumSpad][kS] = m.taps;
  if (conv) f[kTimeloopPsumSpad][kC] = m.q;
  f[kTimeloopLanes][kM] = conv ? std::min(c.lanes, m.p) : 1;
  f[kTimeloopIfmapSpad][kM] = CeilDiv(m.p, f[kTimeloopLanes][kM]);
  f[kTimeloopFilterSpad][kQ] = m.steps;
  // A row block: row entries are in the order of taps, kernel rows, channel groups.
  const int parts = CeilDiv(l.kernel_w, m.taps), channel_groups = conv ? CeilDiv(l.channels(), m.q) : 1;
  const int parts_y = std::min(parts, m.seg_rows);
  const int rows_y = parts_y == parts ? std::min(l.kernel_h, m.seg_rows / parts) : 1;
  const bool whole = parts_y == parts && rows_y == l.kernel_h;
  const int groups_y = whole ? std::min(channel_groups, m.seg_rows / (parts * l.kernel_h)) : 1;
  f[kTimeloopRows][kS] = parts_y;
  f[kTimeloopRows][kR] = rows_y;
  f[kTimeloopRows][kC] = groups_y;
  // Units.
  const Units units = SplitUnits(c, m);
  const int cuts = CeilDiv(m.tile_cols, m.steps);
  f[kTimeloopColumns][kM] = units.fgs_x;
  f[kTimeloopRows][kM] = units.fgs_y;
  f[kTimeloopColumns][kQ] = std::min(cuts, units.blocks_x);
  f[kTimeloopColumns][kP] = std::min(m.tile_rows, units.blocks_x / f[kTimeloopColumns][kQ]);
  f[kTimeloopColumns][kN] =
      std::min(m.tile_images, units.blocks_x / (f[kTimeloopColumns][kQ] * f[kTimeloopColumns][kP]));
  f[kTimeloopRows][kP] = std::min(units.blocks_y, CeilDiv(m.tile_rows, f[kTimeloopColumns][kP]));
  f[kTimeloopRows][kQ] =
      std::min(units.blocks_y / f[kTimeloopRows][kP], CeilDiv(cuts, f[kTimeloopColumns][kQ]));
  // Passes of a tile.
  const auto rest = [&](Dim d, int size) { return CeilDiv(size, f[kTimeloopColumns][d] * f[kTimeloopRows][d]); };
  f[kTimeloopGlb][kN] = rest(kN, m.tile_images);
  f[kTimeloopGlb][kP] = rest(kP, m.tile_rows);
  f[kTimeloopGlb][kQ] = rest(kQ, cuts);
  f[kTimeloopGlb][kM] = rest(kM, m.tile_fgs);
  f[kTimeloopGlb][kR] = rest(kR, l.kernel_h);
  f[kTimeloopGlb][kS] = rest(kS, parts);
  const int64_t chunk_entries = static_cast<int64_t>(m.chunk_blocks) * m.seg_rows;
  const int chunk_groups = CeilDiv(chunk_entries, static_cast<int64_t>(parts) * l.kernel_h);
  f[kTimeloopGlb][kC] = rest(kC, std::min(chunk_groups, channel_groups));
  // Tiles.
  f[kTimeloopDram][kN] = CeilDiv(l.out.n, m.tile_images);
  f[kTimeloopDram][kP] = CeilDiv(l.out.h, m.tile_rows);
  f[kTimeloopDram][kQ] = CeilDiv(l.out.w, m.tile_cols);
  f[kTimeloopDram][kM] = CeilDiv(m.total_fgs, m.tile_fgs);
  f[kTimeloopDram][kC] = CeilDiv(channel_groups, groups_y * f[kTimeloopGlb][kC]);
  return f;
}

std::string LoopText(const TimeloopNest& nest, size_t level, bool conv) {
  std::string text;
  for (size_t d = 0; d < kTimeloopDimCount; ++d) {
    if (d == kC && !conv) continue;
    const TimeloopLoop& loop = nest.loops[level][d];
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", kTimeloopDims[d], loop.bound);
    if (loop.last != loop.bound) text += fmt::format(",{}", loop.last);
  }
  return text;
}

// Innermost loop first.
std::string Order(size_t level, const Mapping& m, bool conv) {
  std::string order;
  switch (level) {
    case kTimeloopDram:
      order = m.keep_ifmap ? "CRSMPQN" : "CRSPQNM";
      break;
    case kTimeloopGlb:
      order = "QPNSRCM";
      break;
    case kTimeloopFilterSpad:
      order = "QCSMRPN";
      break;
    case kTimeloopIfmapSpad:
      order = "MCSRQPN";
      break;
    default:
      order = "CSRMQPN";
  }
  if (!conv) order.erase(std::remove(order.begin(), order.end(), 'C'), order.end());
  return order;
}

std::string Directive(const char* target, const char* type, const std::string& factors, const std::string& order) {
  return fmt::format("  - target: {}\n    type: {}\n    factors: \"{}\"\n    permutation: \"{}\"\n", target, type,
                     factors, order);
}

std::string Keep(const char* target, const std::vector<std::string>& keep) {
  std::string kept, passed;
  for (const char* space : {"Weights", "Inputs", "Outputs"}) {
    std::string& list = std::find(keep.begin(), keep.end(), space) != keep.end() ? kept : passed;
    list += (list.empty() ? "" : ", ") + std::string(space);
  }
  return fmt::format("  - target: {}\n    type: dataspace\n    keep: [{}]\n    bypass: [{}]\n", target, kept, passed);
}

std::string Component(const char* name, const char* type, const std::string& attributes) {
  return fmt::format("    - !Component\n      name: {}\n      class: {}\n      attributes: {{{}}}\n", name, type,
                     attributes);
}

}  // namespace

TimeloopNest MakeTimeloopNest(const ArrayLayer& layer, const Config& config, const Mapping& mapping) {
  TimeloopNest nest;
  nest.sizes = Sizes(layer);
  const Factors factors = MakeFactors(layer, config, mapping);
  for (size_t d = 0; d < kTimeloopDimCount; ++d) {
    // The place of the last element, digit by digit from the innermost loop on.
    int left = nest.sizes[d] - 1;
    for (size_t level = kTimeloopLevels; level-- > 0;) {
      const int bound = factors[level][d];
      nest.loops[level][d] = {bound, left % bound + 1};
      left /= bound;
    }
    // Loops that are gone through once have no other round than the last.
    for (size_t level = 0; level < kTimeloopLevels; ++level) {
      TimeloopLoop& loop = nest.loops[level][d];
      loop.bound = loop.last;
      if (loop.last > 1) break;
    }
  }
  return nest;
}

std::string TimeloopProblem(const ArrayLayer& layer, const std::string& name) {
  const bool conv = IsConv(layer);
  std::string text = fmt::format(
      "# {}\n# Timeloop has no padding: where this layer pads, ifmap values outside the image are counted.\n"
      "problem:\n  version: 0.4\n  shape:\n    name: {}\n    dimensions: [{}]\n",
      Printable(name), conv ? "convolution" : "depthwise", conv ? "N, C, M, R, S, P, Q" : "N, M, R, S, P, Q");
  text += "    coefficients:\n";
  for (const char* coefficient : {"Hstride", "Wstride", "Hdilation", "Wdilation"})
    text += fmt::format("      - {{name: {}, default: 1}}\n", coefficient);
  text += fmt::format("    data_spaces:\n      - name: Weights\n        projection: [{}[[M]], [[R]], [[S]]]\n",
                      conv ? "[[C]], " : "");
  text += fmt::format(
      "      - name: Inputs\n        projection: [[[N]], [[{}]], [[R, Hdilation], [P, Hstride]], [[S, Wdilation], [Q, "
      "Wstride]]]\n",
      conv ? "C" : "M");
  text += "      - name: Outputs\n        projection: [[[N]], [[M]], [[P]], [[Q]]]\n        read_write: true\n";
  text += "  instance:\n";
  const std::array<int, kTimeloopDimCount> sizes = Sizes(layer);
  for (size_t d = 0; d < kTimeloopDimCount; ++d)
    if (d != kC || conv) text += fmt::format("    {}: {}\n", kTimeloopDims[d], sizes[d]);
  return text + fmt::format("    Hstride: {}\n    Wstride: {}\n    Hdilation: {}\n    Wdilation: {}\n", layer.stride_h,
                            layer.stride_w, layer.dilation_h, layer.dilation_w);
}

std::string TimeloopArchitecture(const Config& c) {
  std::string text = fmt::format(
      "# Configuration {}. Spads of a PE: one of two filter copies; the window; the sums. Zeros are not modelled.\n"
      "architecture:\n  version: 0.4\n  nodes:\n    - !Container\n      name: weft\n"
      "      attributes: {{technology: \"65nm\", global_cycle_seconds: {:.4e}}}\n",
      Printable(c.name), 1e-6 / c.clock_mhz);
  text += Component("DRAM", "DRAM", fmt::format("type: \"LPDDR4\", width: {}, datawidth: 8", 8 * c.mem_bytes));
  const auto spad = [&](const char* name, int depth, int width, int datawidth) {
    text += Component(name, "regfile", fmt::format("depth: {}, width: {}, datawidth: {}", depth, width, datawidth));
  };
  text += Component("GLB", "SRAM",
                    fmt::format("depth: {}, width: {}, datawidth: 8, n_banks: {}", c.glb_size() / c.glb_bytes,
                                8 * c.glb_bytes, c.glb_banks));
  text += fmt::format("    - !Container\n      name: columns\n      spatial: {{meshX: {}}}\n", c.cols);
  text += fmt::format("    - !Container\n      name: rows\n      spatial: {{meshY: {}}}\n", c.rows);
  spad("filter_spad", c.filter_depth, 8 * c.lanes, 8);
  spad("ifmap_spad", c.win_rows * c.win_lanes, 8, 8);
  spad("psum_spad", c.psum_rows, 32 * c.lanes, 32);
  text += fmt::format("    - !Container\n      name: lanes\n      spatial: {{meshX: {}}}\n", c.lanes);
  return text + Component("mac", "intmac", "datawidth: 8");
}

std::string TimeloopMapping(const ArrayLayer& layer, const Config& config, const Mapping& m,
                            const std::string& name) {
  const bool conv = IsConv(layer);
  const TimeloopNest nest = MakeTimeloopNest(layer, config, m);
  std::string text = fmt::format(
      "# {}\n"
      "# {} row entries in blocks of {} and {} units a pass: lists that a nest of loops can only approach.\n"
      "# A factor \"4,3\" is a loop of 4 that makes 3 in its last round; a permutation has the innermost loop first.\n"
      "# Filters of a row block pass through the GLB; it keeps them where they are resident.{}\n",
      Printable(name), m.rows.size(), m.seg_rows, m.fgs * m.positions,
      m.ring ? " The ring of ifmap rows has no counterpart." : "");
  text += "mapping:\n";
  std::vector<std::string> in_glb = {"Inputs", "Outputs"};
  if (m.resident) in_glb.push_back("Weights");
  text += Keep("DRAM", {"Weights", "Inputs", "Outputs"}) + Keep("GLB", in_glb) + Keep("filter_spad", {"Weights"}) +
          Keep("ifmap_spad", {"Inputs"}) + Keep("psum_spad", {"Outputs"});
  for (size_t level = 0; level < kTimeloopLevels; ++level) {
    const bool spatial = level == kTimeloopColumns || level == kTimeloopRows || level == kTimeloopLanes;
    text += Directive(kTimeloopNames[level], spatial ? "spatial" : "temporal", LoopText(nest, level, conv),
                      Order(level, m, conv));
    // Loops before the split lie along X, those from it on along Y.
    if (spatial) text += fmt::format("    split: {}\n", level == kTimeloopRows ? 0 : conv ? 7 : 6);
  }
  return text;
}

}  // namespace weft
