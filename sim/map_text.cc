// SPDX-License-Identifier: Apache-2.0
// What `weft map` prints.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/mapping_value.h"
#include "sim/map_report.h"

namespace weft {
namespace {

constexpr size_t kNameWidth = 28;
constexpr size_t kMostArrayLayers = 4;  // of one layer; --json has all
constexpr size_t kMostEntries = 6;      // of a list

double Percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

// The end of a long name tells layers apart, not its beginning.
std::string Short(const std::string& name) {
  return name.size() <= kNameWidth ? name : "..." + name.substr(name.size() - (kNameWidth - 3));
}

std::string Plural(int64_t n, const char* what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

std::string ViewText(const View& v) { return fmt::format("{}x{}x{}x{}", v.n, v.h, v.w, v.c); }

std::string LayerText(const ArrayLayer& l) {
  const char* mode = l.mode == LayerMode::kConv ? "conv" : l.mode == LayerMode::kMax ? "max" : "depthwise";
  std::string text = fmt::format("{} {} -> {}, kernel {}x{}, stride {}x{}, padding {} above, {} left", mode,
                                 ViewText(l.in), ViewText(l.out), l.kernel_h, l.kernel_w, l.stride_h, l.stride_w,
                                 l.pad_top, l.pad_left);
  if (l.dilation_h != 1 || l.dilation_w != 1) text += fmt::format(", dilation {}x{}", l.dilation_h, l.dilation_w);
  if (l.has_residual) text += ", adds a residual";
  return text + fmt::format("; {:.1f} % zeros expected\n", 100 * (1 - l.density));
}

// The first row entries, block by block.
std::string EntriesText(const Mapping& m) {
  std::string text;
  const size_t shown = std::min(kMostEntries, m.rows.size());
  for (size_t e = 0; e < shown; ++e) {
    const RowEntry& row = m.rows[e];
    const char* between = e == 0 ? "" : e % static_cast<size_t>(m.seg_rows) == 0 ? " | " : ", ";
    text += fmt::format("{}(c{} r{} s{})", between, row.channel, row.r, row.s);
  }
  return text + (shown < m.rows.size() ? ", .." : "");
}

std::string OrderText(const ArrayLayer& l, const Mapping& m) {
  std::vector<std::string> words;
  const bool several_filters = FilterTiles(m) > 1, several_places = PositionTiles(l, m) > 1;
  if (several_filters && several_places)
    words.push_back(m.keep_ifmap ? "tiles of positions outside, the ifmap stays (keep_ifmap)"
                                 : "tiles of filters outside");
  if (m.resident) words.push_back("filters stay in the GLB (resident)");
  if (m.ring) words.push_back(fmt::format("ifmap rows in a ring of {}", m.ring_rows));
  if (m.drain) words.push_back("outputs stored after each pass (drain)");
  if (words.empty()) return "";
  std::string text = words[0];
  for (size_t i = 1; i < words.size(); ++i) text += "; " + words[i];
  return "; " + text;
}

std::string ListsText(const ArrayLayer& l, const Config& c, const Mapping& m) {
  std::string text = fmt::format(
      "    array   q {} channels, {} taps, p {} sums a PE ({} a multiplier); {} x {} a pass, {}, {} a segment{}\n",
      m.q, m.taps, m.p, m.groups, Plural(m.fgs, "filter group"), Plural(m.positions, "block") + " of positions",
      Plural(m.segs, "segment") + " a column", Plural(m.seg_rows, "row"),
      m.spread ? ", filters spread over the segments" : "");
  text += fmt::format("    rows    {} row entries in {} of {}: {}\n", m.rows.size(),
                      Plural(m.row_blocks(), "row block"), m.seg_rows, EntriesText(m));
  const int64_t passes = (TileBlocks(m) + m.positions - 1) / m.positions;
  text += fmt::format("    units   {} steps a block; {} in a tile and {} filter groups dealt to {} of {} units, passes a run: {}\n", m.steps,
                      Plural(TileBlocks(m), "block"), m.fgs, m.positions * m.fgs, c.cols * m.segs, passes);
  text += fmt::format("    tile    {} x {} x {}, {} of {}; an ifmap chunk holds {} of {}{}\n",
                      Plural(m.tile_images, "image"), Plural(m.tile_rows, "row"), Plural(m.tile_cols, "column"),
                      m.tile_fgs, Plural(m.total_fgs, "filter group"), m.chunk_blocks,
                      Plural(m.row_blocks(), "row block"), OrderText(l, m));
  return text;
}

std::string GlbText(const Config& c, const Mapping& m) {
  const auto kind = [&](const char* name, int64_t slots, int64_t bytes) {
    return slots * bytes == 0 ? ""
                              : fmt::format("{} {} x {} ({:.1f} %), ", name, slots, bytes,
                                            Percent(static_cast<double>(slots * bytes), c.glb_size()));
  };
  return "    GLB     " + kind("ifmap", m.act_slots, m.act_bytes) + kind("filters", m.flt_slots, m.flt_bytes) +
         kind("sums", 1, m.psum_bytes) + kind("ofmap", m.out_slots, m.out_bytes) +
         kind("residual", m.res_slots, m.out_bytes) +
         fmt::format("{} of {} bytes in whole banks ({:.1f} %)\n", m.glb_used, c.glb_size(),
                     Percent(static_cast<double>(m.glb_used), c.glb_size()));
}

std::string TrafficText(const MappingNumbers& n) {
  const Traffic& t = n.cost.bytes;
  std::string text = fmt::format("    DRAM    ifmap {:.0f}, filters {:.0f}, ofmap {:.0f}", t.in, t.filters, t.out);
  if (t.residual > 0) text += fmt::format(", residual {:.0f}", t.residual);
  return text + fmt::format(", commands {:.0f}: {} bytes\n", static_cast<double>(n.cost.dram_bytes) - t.sum(),
                            n.cost.dram_bytes);
}

std::string EnergyText(const EnergyCounts& e) {
  return fmt::format("    energy  {:.4g} multiplications' worth: multipliers {:.0f} %, spads {:.0f} %, array {:.0f} %, "
                     "GLB {:.0f} %, DRAM {:.0f} %\n",
                     e.total(), Percent(e.macs * EnergyCounts::kMac, e.total()),
                     Percent(e.spad * EnergyCounts::kSpad, e.total()), Percent(e.array * EnergyCounts::kArray, e.total()),
                     Percent(e.glb * EnergyCounts::kGlb, e.total()), Percent(e.dram * EnergyCounts::kDram, e.total()));
}

std::string BoundsText(const char* head, const ResourceCycles& cycles, double whole) {
  std::string text = fmt::format("    {:<7}", head);
  for (size_t r = 0; r < kResources; ++r)
    text += fmt::format("{} {} {:.0f} ({:.0f} %)", r == 0 ? "" : ",", kResourceNames[r], cycles[r],
                        Percent(cycles[r], whole));
  return text + "\n";
}

std::string CapText(const LayerCap& cap) {
  const Mapping& w = cap.way;
  std::string text = BoundsText("cap", cap.cycles, cap.total());
  const MultiplierUse& u = cap.use;
  text += fmt::format(
      "            its way: q {}, {} taps, p {}, {} x {} blocks in {} a column; of the multipliers' cycles: units "
      "{:.1f} %, rows {:.1f} %, beside padding {:.1f} %, lanes {:.1f} %, beside setups {:.1f} %\n",
      w.q, w.taps, w.p, Plural(w.fgs, "filter group"), w.positions, Plural(w.segs, "segment"), 100 * u.units,
      100 * u.rows, 100 * u.padding, 100 * u.lanes, 100 * u.setups);
  return text;
}

std::string OneLine(const Mapping& m) {
  return fmt::format("q {} taps {} p {}, {} fgs x {} blocks, segs {}{}; tile {}x{}x{}x{}, chunk {} of {}{}{}{}{}", m.q,
                     m.taps, m.p, m.fgs, m.positions, m.segs, m.spread ? " spread" : "", m.tile_images, m.tile_rows,
                     m.tile_cols, m.tile_fgs, m.chunk_blocks, m.row_blocks(), m.resident ? ", resident" : "",
                     m.keep_ifmap ? ", keep_ifmap" : "", m.ring ? ", ring" : "", m.drain ? ", drain" : "");
}

std::string RejectedText(const MappedLayer& l, Objective objective) {
  if (l.rejected.empty()) return "    rejected: no other way of filling the array comes within 10 %\n";
  std::string text = "    rejected\n";
  for (const MappingNumbers& n : l.rejected)
    text += fmt::format("      {}\n        {:.0f} cycles, {} DRAM bytes, {} {:+.1f} %: {}\n", OneLine(n.mapping),
                        n.cost.cycles, n.cost.dram_bytes, ObjectiveName(objective),
                        Percent(n.value - l.chosen.value, l.chosen.value), WhyWorse(l.chosen, n, objective));
  return text;
}

// Utilization at the cap.
std::string Cap(const Program& program, const MappedStep& s) {
  return fmt::format("{:.1f} %", Percent(static_cast<double>(s.numbers.macs), s.cap_cycles * program.config.multipliers()));
}

}  // namespace

std::string MapTable(const Program& program, const std::vector<MappedStep>& steps) {
  std::string text = fmt::format("{:>4}  {:<28}  {:>11}  {:>11}  {:>7}  {:>11}  {:>7}  {:>6}  {:<11}  {:<18}  {:>11}  {:>6}\n",
                                 "#", "layer", "predicted", "cycles", "util", "cap", "util", "of cap", "set by",
                                 "held back by", "DRAM bytes", "GLB");
  double predicted = 0, cap = 0;
  int64_t cycles = 0, macs = 0;
  for (const MappedStep& s : steps) {
    const Step& step = program.plan.steps[static_cast<size_t>(s.step)];
    if (!step.on_accelerator) {
      text += fmt::format("{:>4}  {:<28}  {} runs on the host: it has no mapping\n", s.step, Short(step.name), step.op);
      continue;
    }
    const Resource busiest = Busiest(s.busy);
    text += fmt::format(
        "{:>4}  {:<28}  {:>11.0f}  {:>11}  {:>5.1f} %  {:>11.0f}  {:>7}  {:>6.3f}  {:<11}  {:<18}  {:>11}  {:>4.0f} %\n",
        s.step, Short(step.name), s.predicted_cycles, s.measured.cycles, 100 * s.numbers.utilization.value_or(0),
        s.cap_cycles, Cap(program, s), static_cast<double>(s.measured.cycles) / s.cap_cycles,
        kResourceNames[Busiest(s.cap)],
        fmt::format("{} {:.0f} %", kResourceNames[busiest], Percent(s.busy[busiest], static_cast<double>(s.measured.cycles))),
        s.numbers.dram_read_bytes.value_or(0) + s.numbers.dram_write_bytes.value_or(0),
        Percent(static_cast<double>(s.layers[0].chosen.mapping.glb_used), program.config.glb_size()));
    predicted += s.predicted_cycles;
    cap += s.cap_cycles;
    cycles += s.measured.cycles;
    macs += s.numbers.macs;
  }
  if (cycles == 0) return text;
  const double multipliers = program.config.multipliers();
  text += fmt::format("{:>4}  {:<28}  {:>11.0f}  {:>11}  {:>5.1f} %  {:>11.0f}  {:>5.1f} %  {:>6.3f}\n", "", "total",
                      predicted, cycles, Percent(static_cast<double>(macs), multipliers * static_cast<double>(cycles)), cap,
                      Percent(static_cast<double>(macs), multipliers * cap), static_cast<double>(cycles) / cap);
  return text;
}

std::string MapDetails(const Program& program, const MappedStep& s, int batch) {
  const Step& step = program.plan.steps[static_cast<size_t>(s.step)];
  const std::string head = fmt::format("layer {}  {}  {}", s.step, step.name, step.op);
  if (!step.on_accelerator) return head + " runs on the host: it has no mapping\n";
  const double cycles = static_cast<double>(s.measured.cycles);
  std::string text = head + fmt::format(", {} MACs; objective {}{}\n", s.numbers.macs, ObjectiveName(program.options.objective),
                                        batch > 1 ? fmt::format("; sums of {} inferences", batch) : "");
  text += fmt::format("  cycles    predicted {:.0f}, measured {} ({:+.1f} %), utilization {:.1f} %\n", s.predicted_cycles,
                      s.measured.cycles, Percent(cycles - s.predicted_cycles, s.predicted_cycles),
                      100 * s.numbers.utilization.value_or(0));
  text += fmt::format("  cap       {:.0f} cycles, utilization {}, set by the {}; measured / cap {:.3f}; with no loss at all {:.0f}\n",
                      s.cap_cycles, Cap(program, s), kResourceNames[Busiest(s.cap)], cycles / s.cap_cycles, s.ideal_cycles);
  text += fmt::format("  DRAM      predicted {} bytes, measured {}\n", s.predicted_dram_bytes,
                      s.numbers.dram_read_bytes.value_or(0) + s.numbers.dram_write_bytes.value_or(0));
  for (size_t i = 0; i < s.layers.size() && i < kMostArrayLayers; ++i) {
    const ArrayLayer& layer = step.layers[i];
    const MappedLayer& l = s.layers[i];
    text += fmt::format("  array layer {}: {}", i, LayerText(layer));
    text += ListsText(layer, program.config, l.chosen.mapping) + GlbText(program.config, l.chosen.mapping) +
            TrafficText(l.chosen) + EnergyText(l.chosen.energy) +
            BoundsText("busy", l.busy, l.chosen.cost.cycles) + CapText(l.cap) +
            RejectedText(l, program.options.objective);
  }
  if (s.layers.size() > kMostArrayLayers) text += fmt::format("  ... {} array layers in all\n", s.layers.size());
  return text;
}

}  // namespace weft
