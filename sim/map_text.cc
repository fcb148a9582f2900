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
  const std::string last = m.last_positions == m.positions || m.last_fgs() == 0
                               ? ""
                               : fmt::format(" (the last {}: {} a pass)", Plural(m.last_fgs(), "group"),
                                             Plural(m.last_positions, "block"));
  text += fmt::format("    units   {} steps a block; {} in a tile and {} dealt to {} of {} units, passes a run: {}{}\n",
                      m.steps, Plural(TileBlocks(m), "block"), Plural(m.fgs, "filter group"), m.positions * m.fgs,
                      c.cols * m.segs, passes, last);
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
  const auto share = [&](double accesses, double cost) { return Percent(accesses * cost, e.total()); };
  return fmt::format(
      "    energy  {:.4g} multiplications' worth: multipliers {:.0f} %, spads {:.0f} %, array {:.0f} %, GLB {:.0f} %, "
      "DRAM {:.0f} %\n",
      e.total(), share(e.macs, e.kMac), share(e.spad, e.kSpad), share(e.array, e.kArray), share(e.glb, e.kGlb),
      share(e.dram, e.kDram));
}

std::string BoundsText(const char* head, const ResourceCycles& cycles, double whole) {
  std::string text = fmt::format("    {:<7}", head);
  for (size_t r = 0; r < kResources; ++r)
    text += fmt::format("{} {} {:.0f} ({:.0f} %)", r == 0 ? "" : ",", kResourceNames[r], cycles[r],
                        Percent(cycles[r], whole));
  return text + "\n";
}

std::string UseText(const MultiplierUse& u) {
  return fmt::format("multipliers used: units {:.1f} %, rows {:.1f} %, beside padding {:.1f} %, lanes {:.1f} %, beside "
                     "setups {:.1f} %\n",
                     100 * u.units, 100 * u.rows, 100 * u.padding, 100 * u.lanes, 100 * u.setups);
}

std::string CapText(const LayerCap& cap) {
  const Mapping& w = cap.way;
  std::string text = BoundsText("cap", cap.cycles, cap.total());
  text += fmt::format("            its way: q {}, {} taps, p {}, {} x {} blocks in {} a column; {}", w.q, w.taps, w.p,
                      Plural(w.fgs, "filter group"), w.positions, Plural(w.segs, "segment"), UseText(cap.use));
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

std::string Utilization(const Program& program, const MappedStep& s, double cycles) {
  const double slots = cycles * program.config.multipliers();
  return fmt::format("{:.1f} %", Percent(static_cast<double>(s.numbers.macs), slots));
}

int64_t DramBytes(const MappedStep& s) {
  return s.numbers.dram_read_bytes.value_or(0) + s.numbers.dram_write_bytes.value_or(0);
}

// By the counters of the engines: the ifmap's count the residual operand too.
std::string MeasuredTraffic(const MappedStep& s) {
  const auto of = [&](int event) { return s.measured.events[static_cast<size_t>(event)]; };
  return fmt::format("ifmap{} {}, filters {}, ofmap {}, commands {}",
                     s.layers[0].chosen.cost.bytes.residual > 0 ? " and residual" : "", of(spec::kEvDramRdIl),
                     of(spec::kEvDramRdFl), of(spec::kEvDramWrSt), of(spec::kEvDramRdCmd));
}

// What the array did all the cycles.
std::string ArrayText(const Config& config, const LayerResult& measured) {
  if (config.counter_small) return "";
  std::string text;
  for (size_t c = 0; c < spec::kClassCount; ++c) {
    const int64_t cycles = measured.classes[spec::kEngineArray * spec::kClassCount + c];
    if (cycles == 0) continue;
    text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", spec::kClassNames[c],
                        Percent(static_cast<double>(cycles), static_cast<double>(measured.cycles)));
  }
  return "  array     " + text + "\n";
}

struct Totals {
  double predicted = 0, cap = 0, in_step = 0;
  int64_t cycles = 0, macs = 0;
};

std::string TableRow(const Program& program, const MappedStep& s, Totals* totals) {
  const Step& step = program.plan.steps[static_cast<size_t>(s.step)];
  if (!step.on_accelerator)
    return fmt::format("{:>4}  {:<28}  {} runs on the host: it has no mapping\n", s.step, Short(step.name), step.op);
  totals->predicted += s.predicted_cycles;
  totals->cap += s.cap_cycles;
  totals->in_step += s.in_step_cycles;
  totals->cycles += s.measured.cycles;
  totals->macs += s.numbers.macs;
  const double cycles = static_cast<double>(s.measured.cycles);
  const Resource busiest = Busiest(s.busy);
  const std::string held =
      fmt::format("{} {:.0f} %", kResourceNames[busiest], Percent(s.busy[busiest], cycles));
  const double glb = static_cast<double>(s.layers[0].chosen.mapping.glb_used);
  return fmt::format("{:>4}  {:<28}  {:>11.0f}  {:>11}  {:>5.1f} %  {:>11.0f}  {:>7}  {:>7}  {:>6.3f}  ", s.step,
                     Short(step.name), s.predicted_cycles, s.measured.cycles,
                     100 * s.numbers.utilization.value_or(0), s.cap_cycles, Utilization(program, s, s.cap_cycles),
                     Utilization(program, s, s.in_step_cycles), cycles / s.cap_cycles) +
         fmt::format("{:<11}  {:<18}  {:>11}  {:>4.0f} %\n", kResourceNames[Busiest(s.cap)], held, DramBytes(s),
                     Percent(glb, program.config.glb_size()));
}

}  // namespace

std::string MapTable(const Program& program, const std::vector<MappedStep>& steps) {
  std::string text = fmt::format("{:>4}  {:<28}  {:>11}  {:>11}  {:>7}  {:>11}  {:>7}  {:>7}  {:>6}  {:<11}  {:<18}"
                                 "  {:>11}  {:>6}\n",
                                 "#", "layer", "predicted", "cycles", "util", "cap", "util", "in step", "of cap",
                                 "set by", "held back by", "DRAM bytes", "GLB");
  Totals totals;
  for (const MappedStep& s : steps) text += TableRow(program, s, &totals);
  if (totals.cycles == 0) return text;
  const double multipliers = program.config.multipliers(), cycles = static_cast<double>(totals.cycles);
  const double macs = static_cast<double>(totals.macs);
  text += fmt::format("{:>4}  {:<28}  {:>11.0f}  {:>11}  {:>5.1f} %  {:>11.0f}  {:>5.1f} %  {:>5.1f} %  {:>6.3f}\n", "",
                      "total", totals.predicted, totals.cycles, Percent(macs, multipliers * cycles), totals.cap,
                      Percent(macs, multipliers * totals.cap), Percent(macs, multipliers * totals.in_step),
                      cycles / totals.cap);
  return text;
}

std::string MapDetails(const Program& program, const MappedStep& s, int batch) {
  const Step& step = program.plan.steps[static_cast<size_t>(s.step)];
  const Objective objective = program.options.objective;
  std::string text = fmt::format("layer {}  {}  {}", s.step, step.name, step.op);
  if (!step.on_accelerator) return text + " runs on the host: it has no mapping\n";
  const double cycles = static_cast<double>(s.measured.cycles);
  text += fmt::format(", {} MACs; objective {}", s.numbers.macs, ObjectiveName(objective));
  text += batch > 1 ? fmt::format("; sums of {} inferences\n", batch) : "\n";
  text += fmt::format("  cycles    predicted {:.0f}, measured {} ({:+.1f} %), utilization {:.1f} %\n",
                      s.predicted_cycles, s.measured.cycles, Percent(cycles - s.predicted_cycles, s.predicted_cycles),
                      100 * s.numbers.utilization.value_or(0));
  text += fmt::format("  cap       {:.0f} cycles, utilization {}, set by the {}; measured / cap {:.3f}; ", s.cap_cycles,
                      Utilization(program, s, s.cap_cycles), kResourceNames[Busiest(s.cap)], cycles / s.cap_cycles);
  text += fmt::format("PEs in step {:.0f}, nothing lost {:.0f}\n", s.in_step_cycles, s.ideal_cycles);
  text += ArrayText(program.config, s.measured);
  text += fmt::format("  DRAM      predicted {} bytes, measured {}: {}\n", s.predicted_dram_bytes, DramBytes(s),
                      MeasuredTraffic(s));
  for (size_t i = 0; i < s.layers.size() && i < kMostArrayLayers; ++i) {
    const ArrayLayer& layer = step.layers[i];
    const MappedLayer& l = s.layers[i];
    text += fmt::format("  array layer {}: {}", i, LayerText(layer));
    text += ListsText(layer, program.config, l.chosen.mapping) + GlbText(program.config, l.chosen.mapping) +
            TrafficText(l.chosen) + EnergyText(l.chosen.energy) +
            BoundsText("busy", l.busy, l.chosen.cost.cycles) + "            " + UseText(l.use) + CapText(l.cap) + RejectedText(l, objective);
  }
  if (s.layers.size() > kMostArrayLayers) text += fmt::format("  ... {} array layers in all\n", s.layers.size());
  return text;
}

}  // namespace weft
