// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping_energy.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/tap_counts.h"

namespace weft {
namespace {

constexpr double kWordBytes = 2;  // of an access
constexpr double kSumWords = 2;   // accesses of a 32-bit sum
constexpr double kParamBytes = 12;

}  // namespace

EnergyCounts CountedEnergy(const Config& config, const std::vector<int64_t>& events) {
  const auto of = [&](int event) { return static_cast<double>(events[static_cast<size_t>(event)]); };
  EnergyCounts e;
  e.macs = of(spec::kEvMac) + of(spec::kEvMacGated);
  const double written = of(spec::kEvFilterSpadWr) * config.lanes + of(spec::kEvIfmapSpadWr);
  e.spad = 2 * e.macs + written + kSumWords * (of(spec::kEvPsumSpadRd) + of(spec::kEvPsumSpadWr));
  e.array = kSumWords * of(spec::kEvChain) + written;
  const double words = of(spec::kEvGlbAct) + of(spec::kEvGlbFlt) + of(spec::kEvGlbPsr) + of(spec::kEvGlbPsw) +
                       of(spec::kEvGlbStr);
  const double beats = of(spec::kEvGlbLf) + of(spec::kEvGlbLi);
  e.glb = (words * config.glb_bytes + beats * config.mem_bytes + of(spec::kEvPost) + of(spec::kEvPostAdd)) / kWordBytes;
  const double dram = of(spec::kEvDramRdCmd) + of(spec::kEvDramRdFl) + of(spec::kEvDramRdIl) + of(spec::kEvDramWrSt);
  e.dram = dram / kWordBytes;
  return e;
}

// What a tile decides of the counts.
struct EnergyModel::Pieces {
  double again = 1;    // positions computed, over the layer's: the last block of a row repeats some
  double blocks_x = 1;  // blocks of positions in an output row
  double columns = 1;  // ifmap columns of each
  double loads = 1;    // FILTER commands
  double set_beats = 1, units = 1;  // of each, and of the passes behind it
  double act_words = 0;  // GLB words of the ifmap bus
  double bytes_in = 0, bytes_out = 0;  // into the GLB and out of it, to memory
};

const EnergyModel::Entries& EnergyModel::Of(const ArrayWay& way) {
  const auto [at, is_new] = entries_.emplace(way.table.get(), Entries{});
  Entries& sum = at->second;
  if (!is_new) return sum;
  const TapGeometry geometry(layer_);
  const int taps = way.array.taps, stride = ColumnStride(layer_, taps), step = taps == 1 ? layer_.stride_w : 1;
  for (const RowEntry& e : *way.table) {
    const double channels = conv() ? e.count : way.array.q;
    const double rows = static_cast<double>(layer_.out.n * geometry.rows[static_cast<size_t>(e.r)]);
    double columns = 0;
    for (int s = e.s; s < std::min(e.s + taps, layer_.kernel_w); ++s)
      columns += static_cast<double>(geometry.cols[static_cast<size_t>(s)]);
    sum.steps += rows * layer_.out.w;
    sum.values += rows * columns * channels;
    sum.rows += rows * channels;
    int outside = 0;
    const int64_t first = static_cast<int64_t>(e.s) * layer_.dilation_w - layer_.pad_left;
    const int64_t last = (layer_.out.w - 1) * stride + std::min(taps, layer_.kernel_w - e.s);
    for (int64_t k = 0; k < ColumnsNeeded(layer_, taps, layer_.out.w); ++k)
      outside += first + k * step < 0 || first + k * step >= layer_.in.w || k >= last;
    sum.outside += rows * channels * outside;
  }
  return sum;
}

EnergyCounts EnergyModel::Sum(const ArrayWay& way, const Pieces& t) {
  const Mapping& m = way.array;
  const Entries& sums = Of(way);
  const double d = layer_.density, fgs = m.total_fgs, lanes = conv() ? m.groups * c_.lanes : 1;
  const double positions = static_cast<double>(layer_.out.n) * layer_.out.h * layer_.out.w;
  EnergyCounts e;
  e.macs = d * sums.values * fgs * lanes * t.again;
  const double ifmap = d * fgs * (sums.rows * t.blocks_x * t.columns - sums.outside);
  const double entries = static_cast<double>(way.table->size());
  const double filters = t.loads * t.set_beats * t.units * entries / way.blocks();
  double sums_moved = 2 * e.macs;  // depthwise: every product is added to a stored sum
  if (conv()) {
    const double some = sums.steps > 0 ? 1 - std::pow(1 - d, sums.values / sums.steps) : 0;
    sums_moved = sums.steps * fgs * (lanes + m.p) * some * t.again;
  }
  const double written = filters * c_.lanes + ifmap;
  e.spad = 2 * e.macs + written + kSumWords * sums_moved;
  e.array = kSumWords * positions * entries * fgs * m.p * t.again + written;
  const double stored = positions * fgs * CeilDiv(m.p, c_.psum_words_per_glb_word()) * (way.blocks() - 1) * t.again;
  const double filter_bytes = t.loads * m.sets * t.set_beats * c_.rows * c_.lanes;
  const double bytes = t.act_words * c_.glb_bytes + filter_bytes + kParamBytes * layer_.filters() +
                       2 * stored * c_.glb_bytes + t.bytes_in + t.bytes_out + positions * fgs * m.p * t.again;
  e.glb = bytes / kWordBytes;
  return e;
}

EnergyCounts EnergyModel::LeastOnChip(const ArrayWay& way) {
  const Mapping& m = way.array;
  Pieces t;
  t.columns = ColumnsNeeded(layer_, m.taps, layer_.out.w);
  t.loads = static_cast<double>(way.blocks()) * CeilDiv(m.total_fgs, m.fgs);
  t.set_beats = static_cast<double>(m.groups) * m.filter_stride;
  t.bytes_out = static_cast<double>(layer_.out.n) * layer_.out.h * layer_.out.w * layer_.filters();
  return Sum(way, t);
}

EnergyCounts EnergyModel::Estimate(const ArrayWay& way, const Mapping& m, const Cost& cost) {
  Pieces t;
  const double tiles = CeilDiv(layer_.out.w, m.tile_cols), cuts = CeilDiv(m.tile_cols, m.steps);
  t.blocks_x = tiles * cuts;
  t.again = t.blocks_x * m.steps / layer_.out.w;
  t.columns = ColumnsNeeded(layer_, m.taps, m.steps);
  // A spad copy is still there if it was one of the last two, of which the layers of a pair have one each.
  const double fbs = CeilDiv(m.total_fgs, m.fgs), objects = fbs * way.blocks();
  const int between = way.blocks() * (m.keep_ifmap ? static_cast<int>(fbs) : CeilDiv(m.tile_fgs, m.fgs));
  t.loads = objects * (between <= (m.paired() ? 1 : 2) ? 1 : static_cast<double>(PositionTiles(layer_, m)));
  t.set_beats = static_cast<double>(m.groups) * m.filter_stride;
  t.units = std::min<double>(m.positions, static_cast<double>(TileBlocks(m))) * m.total_fgs / fbs;
  // Tokens begin at multiples of `apart`.
  const int apart = std::gcd(std::gcd(m.q, ChunkChannels(layer_, way, m)), c_.glb_bytes);
  t.act_words = cost.tokens * (1 + static_cast<double>(m.q - apart) / c_.glb_bytes);
  t.bytes_in = cost.bytes.in + cost.bytes.filters + cost.bytes.residual;
  t.bytes_out = cost.bytes.out;
  EnergyCounts e = Sum(way, t);
  e.glb += cost.bytes.residual / kWordBytes;
  e.dram = static_cast<double>(cost.dram_bytes) / kWordBytes;
  return e;
}

}  // namespace weft
