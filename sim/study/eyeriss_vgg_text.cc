// SPDX-License-Identifier: Apache-2.0
// The text of the study: VGG-16, which nothing is fitted to.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/study/markdown_table.h"
#include "sim/study/eyeriss.h"
#include "sim/study/table.h"

namespace weft {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// A column of the tables.
struct Column {
  const char* name;
  int digits;
  bool summed;
  double (*ours)(const EyerissStudy&, const EyerissEstimate&);
  double EyerissMeasured::*published;
};

const Column kColumns[] = {
    {"GLB MB", 1, true, [](const EyerissStudy&, const EyerissEstimate& e) { return e.glb_mb; },
     &EyerissMeasured::glb_mb},
    {"DRAM MB", 1, true, [](const EyerissStudy&, const EyerissEstimate& e) { return e.dram_mb; },
     &EyerissMeasured::dram_mb},
    {"ms", 1, true, [](const EyerissStudy&, const EyerissEstimate& e) { return e.ms; },
     &EyerissMeasured::processing_ms},
    {"mW", 0, false, [](const EyerissStudy& s, const EyerissEstimate& e) { return s.power.Of(e); },
     &EyerissMeasured::power_mw},
};

std::string Table(const EyerissStudy& s, const std::vector<EyerissEstimate>& estimates) {
  Rows rows = {{"layer", "m n e p q r t", "f", "PEs", "publ."}};
  for (const Column& c : kColumns) rows[0].insert(rows[0].end(), {c.name, "publ.", "error"});
  const auto add = [](std::vector<std::string>* row, double ours, double published, int digits) {
    row->insert(row->end(), {Fixed(ours, digits), Fixed(published, digits), ErrorText(ours, published)});
  };
  std::vector<std::string> last = {"sum, mean", "", "", "", ""};
  for (size_t i = 0; i < estimates.size(); ++i) {
    const EyerissEstimate& e = estimates[i];
    const EyerissLayer& layer = s.vgg16.layers[i];
    rows.push_back({layer.name, MappingText(e.mapping), fmt::format("{}", e.mapping.f),
                    fmt::format("{}", e.counts.active_pes), fmt::format("{}", layer.measured.pes)});
    for (const Column& c : kColumns) add(&rows.back(), c.ours(s, e), layer.measured.*c.published, c.digits);
  }
  for (const Column& c : kColumns) {
    double sum = 0;
    for (const EyerissEstimate& e : estimates) sum += c.ours(s, e);
    add(&last, c.summed ? sum : MeanPowerMw(s.power, estimates), s.vgg16.totals.*c.published, c.digits);
  }
  rows.push_back(last);
  return MarkdownTable(rows);
}

// Mean and worst of the layers' errors, regardless of sign.
std::string ErrorsText(const EyerissStudy& s, const std::vector<EyerissEstimate>& estimates) {
  std::string text = "\nErrors of the layers, mean and worst:";
  for (const Column& c : kColumns) {
    double sum = 0, worst = 0;
    for (size_t i = 0; i < estimates.size(); ++i) {
      const double error = std::abs(c.ours(s, estimates[i]) / (s.vgg16.layers[i].measured.*c.published) - 1);
      sum += error;
      worst = std::max(worst, error);
    }
    text += fmt::format("{} {} {:.1f} and {:.1f} %", &c == kColumns ? "" : ",", c.name,
                        100 * sum / static_cast<double>(estimates.size()), 100 * worst);
  }
  return text + ".\n";
}

}  // namespace

std::string EyerissVggText(const EyerissStudy& s) {
  double ramps = 0, multiplying = 0, cycles = 0, glb_times = 0, time_times = 0;
  for (size_t i = 0; i < s.vgg.size(); ++i) {
    ramps += static_cast<double>(s.inferred[i].counts.ramp_cycles);
    multiplying += static_cast<double>(s.inferred[i].counts.mac_cycles);
    cycles += static_cast<double>(s.inferred[i].counts.cycles());
    const EyerissMeasured& chip = s.vgg16.layers[i].measured;
    glb_times = std::max(glb_times, chip.glb_mb / s.vgg[i].glb_mb);
    time_times = std::max(time_times, chip.processing_ms / s.vgg[i].ms);
  }
  return R"(
## VGG-16, held out

Its mappings are not published. First those that the search finds, with nothing changed since AlexNet; f is the ofmap
columns of a pass.

)" + Table(s, s.vgg) +
         ErrorsText(s, s.vgg) + fmt::format(R"(
The chip ran other mappings: it moved up to {:.1f} times the GLB words and took up to {:.1f} times as long. Which ones,
two of its columns tell. Below, the mapping best by the same measure among those with the published active PEs and GLB MB
within {:.0f} %: DRAM, time and power are then predictions, PEs and GLB are not. In our count of them {:.0f} % of all time
is multiplying and {:.0f} % ramps; in the rest passes wait for the psum bus, with nearly all PEs counted active.

)",
                                            glb_times, time_times, 100 * kInferredGlbTolerance,
                                            100 * multiplying / cycles, 100 * ramps / cycles) +
         Table(s, s.inferred) + ErrorsText(s, s.inferred);
}

}  // namespace weft
