// SPDX-License-Identifier: Apache-2.0
// The text of the study: time and power of AlexNet.
#include <fmt/format.h>

#include "sim/study/markdown_table.h"
#include "sim/study/eyeriss.h"
#include "sim/study/table.h"

namespace weft {
namespace {

using Rows = std::vector<std::vector<std::string>>;

double Milliwatts(const EyerissStudy& s, const EyerissEstimate& e, double mj) {
  return s.power.scale * mj / e.ms * 1000;
}

std::string SharesText(const EyerissStudy& s, size_t i) {
  const EyerissEstimate& e = s.found[i];
  const double percent = 100 / s.power.Of(e);
  return fmt::format("{} MAC {:.0f} %, movement {:.0f} %, constant {:.0f} %", s.alexnet.layers[i].name,
                     percent * Milliwatts(s, e, e.mac_mj), percent * Milliwatts(s, e, e.movement_mj()),
                     percent * s.power.clock_mw);
}

}  // namespace

std::string EyerissTimeText(const EyerissStudy& s) {
  Rows rows = {{"layer", "multiplying", "buses", "ramps", "ours", "publ.", "error", "publ. / multiplying"}};
  ForAlexnetMappings(s, [&](const std::string& name, const EyerissLayer& layer, const EyerissEstimate& e) {
    const auto ms = [&](int64_t cycles) {
      return Fixed(static_cast<double>(cycles) / s.chip.clock_mhz / 1000, 2);
    };
    const double published = layer.measured.processing_ms;
    rows.push_back({name, ms(e.counts.mac_cycles), ms(e.counts.pass_cycles - e.counts.mac_cycles),
                    ms(e.counts.ramp_cycles), Fixed(e.ms, 2), Fixed(published, 1),
                    ErrorText(e.ms, published), Fixed(published / e.mac_ms, 2)});
  });
  const double ours = SumOf(s.found, &EyerissEstimate::ms), published = s.alexnet.totals.processing_ms;
  rows.push_back({"sum, found", Fixed(SumOf(s.found, &EyerissEstimate::mac_ms), 2), "", "", Fixed(ours, 2),
                  Fixed(published, 1), ErrorText(ours, published), ""});
  const RowStationaryMachine& m = s.chip.machine;
  return fmt::format(R"(
## AlexNet: processing latency, ms at {:.0f} MHz

A pass takes as long as its slowest of multipliers, psum bus ({} words a cycle each way) and ifmap bus ({}); buses:
what that adds to multiplying. Before it multiplies, its filters are loaded ({} words a cycle), then the first S
ifmap columns: ramps. Nothing is fitted.

)",
                     s.chip.clock_mhz, m.psum_bus, m.ifmap_bus, m.filter_bus) +
         MarkdownTable(rows);
}

std::string EyerissPowerText(const EyerissStudy& s) {
  Rows rows = {{"layer", "MAC", "spads", "array", "GLB", "constant", "ours", "publ.", "error", "left out"}};
  for (size_t i = 0; i < s.found.size(); ++i) {
    const EyerissEstimate& e = s.found[i];
    const double published = s.alexnet.layers[i].measured.power_mw;
    const auto mw = [&](double mj) { return Fixed(Milliwatts(s, e, mj), 0); };
    rows.push_back({s.alexnet.layers[i].name, mw(e.mac_mj), mw(e.spad_mj), mw(e.array_mj), mw(e.glb_mj),
                    Fixed(s.power.clock_mw, 0), Fixed(s.power.Of(e), 0), Fixed(published, 0),
                    ErrorText(s.power.Of(e), published), fmt::format("{:+.1f} %", 100 * s.left_out_error[i])});
  }
  const double mean = MeanPowerMw(s.power, s.found), published = s.alexnet.totals.power_mw;
  rows.push_back({"mean", "", "", "", "", "", Fixed(mean, 0), Fixed(published, 0),
                  ErrorText(mean, published), ""});
  const EyerissChip& c = s.chip;
  return fmt::format(R"(
## AlexNet: chip power, mW

Counts x cited costs (MAC {} pJ, spad {}, array {}, GLB {} for 16 bits) x a scale, over our time, plus a constant. Two
constants are fitted, to the five figures of this table: scale {:.3f} (1: the cited costs), constant {:.1f} mW
({:.0f} pJ a cycle: clock network, control, leakage). Left out: the error of a layer when fitted to the other four.

)",
                     c.mac_pj, c.spad_pj, c.array_pj, c.glb_pj, s.power.scale, s.power.clock_mw,
                     s.power.clock_mw / c.clock_mhz * 1000) +
         MarkdownTable(rows) +
         fmt::format(R"(
Shares, ours: {}; {}.
Published, not fitted to: ALUs less than {:.0f} %, spads, GLB and networks up to {:.0f} %, clock network most of the
rest.
)",
                     SharesText(s, 0), SharesText(s, s.found.size() - 1), c.alu_most_pct, c.movement_most_pct);
}

double MeanPowerMw(const EyerissPower& power, const std::vector<EyerissEstimate>& estimates) {
  double energy = 0;
  for (const EyerissEstimate& e : estimates) energy += power.Of(e) * e.ms;
  return energy / SumOf(estimates, &EyerissEstimate::ms);
}

}  // namespace weft
