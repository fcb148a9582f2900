// SPDX-License-Identifier: Apache-2.0
// The text of the study: AlexNet, and the frame around both networks.
#include <fmt/format.h>

#include <numeric>

#include "sim/study/markdown_table.h"
#include "sim/study/eyeriss.h"
#include "sim/study/table.h"

namespace weft {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string CountsText(const EyerissStudy& s) {
  Rows rows = {{"layer", "m n e p q r t", "passes", "PEs", "publ.", "GLB KB", "publ.", "GLB MB", "publ."}};
  ForAlexnetMappings(s, [&](const std::string& name, const EyerissLayer& layer, const EyerissEstimate& e) {
    const EyerissMeasured& m = layer.measured;
    rows.push_back({name, MappingText(e.mapping), fmt::format("{}", e.counts.passes),
                    fmt::format("{}", e.counts.active_pes), fmt::format("{}", m.pes),
                    fmt::format("{:.1f} + {:.1f}", static_cast<double>(e.counts.glb_ifmap_bytes) / 1024,
                                static_cast<double>(e.counts.glb_psum_bytes) / 1024),
                    fmt::format("{:.1f} + {:.1f}", layer.glb_ifmap_kb, layer.glb_psum_kb), Fixed(e.glb_mb, 1),
                    Fixed(m.glb_mb, 1)});
  });
  rows.push_back({"sum, found", "", "", "", "", "", "", Fixed(SumOf(s.found, &EyerissEstimate::glb_mb), 1),
                  Fixed(s.alexnet.totals.glb_mb, 1)});
  return R"(
## AlexNet: PEs and GLB

The mappings are those of the article's table III. GLB KB: what ifmaps and psums occupy. GLB MB: ifmaps read, psums
read and written.

)" + MarkdownTable(rows);
}

std::string Conv3Text(const EyerissStudy& s) {
  std::string text;
  for (size_t i = 0; i < s.published.size(); ++i) {
    const EyerissEstimate &p = s.published[i], &f = s.found[i];
    if (p.mapping == f.mapping) continue;
    const auto psums = [&](const EyerissEstimate& e) {
      return static_cast<double>(e.counts.glb_psum_reads) / static_cast<double>(e.counts.mac_cycles);
    };
    text += fmt::format(R"(
{}: table III's (q, r, t) = ({}, {}, {}), its t confirmed by the article's text, would move {:.1f} MB. A search
for the least DRAM words x cycles of passes finds table III's mapping in every other layer, and here
({}, {}, {}), which moves {:.1f} MB where the chip moved {:.1f}. Table III's would need {:.2f} psums a multiplying
cycle in and as many out, and the psum bus carries {}; the one found needs {:.2f}. So the measured run seems to
have had the mapping found.
)",
                        s.alexnet.layers[i].name, p.mapping.q, p.mapping.r, p.mapping.t, p.glb_mb, f.mapping.q,
                        f.mapping.r, f.mapping.t, f.glb_mb, s.alexnet.layers[i].measured.glb_mb, psums(p),
                        s.chip.machine.psum_bus, psums(f));
  }
  return text;
}

// DRAM MB of the layers whose feature maps' saving is published, with that saving.
std::string PublishedSavingText(const EyerissStudy& s) {
  std::string text;
  for (size_t i = 0; i < s.found.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    if (!layer.fmap_saving_pct) continue;
    const double mb = s.found[i].dram_raw_mb - s.found[i].fmap_raw_mb * *layer.fmap_saving_pct / 100;
    text += fmt::format("{}{} {:.1f} MB (published {:.1f})", text.empty() ? "" : ", ", layer.name, mb,
                        layer.measured.dram_mb);
  }
  return text;
}

std::string DramText(const EyerissStudy& s) {
  Rows rows = {{"layer", "raw MB", "raw / publ.", "publ. ratio", "coded MB", "publ.", "error", "fmaps saved", "publ."}};
  for (size_t i = 0; i < s.found.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    const EyerissEstimate& e = s.found[i];
    const double published = layer.measured.dram_mb;
    rows.push_back({layer.name, Fixed(e.dram_raw_mb, 2), Fixed(e.dram_raw_mb / published, 2),
                    Fixed(layer.rlc_ratio, 1), Fixed(e.dram_mb, 2), Fixed(published, 1),
                    ErrorText(e.dram_mb, published), fmt::format("{:.0f} %", 100 * (1 - e.fmap_mb / e.fmap_raw_mb)),
                    layer.fmap_saving_pct ? fmt::format("~{:.0f} %", *layer.fmap_saving_pct) : ""});
  }
  const double raw = SumOf(s.found, &EyerissEstimate::dram_raw_mb), coded = SumOf(s.found, &EyerissEstimate::dram_mb);
  const double published = s.alexnet.totals.dram_mb;
  rows.push_back({"sum", Fixed(raw, 2), Fixed(raw / published, 2), "", Fixed(coded, 2),
                  Fixed(published, 1), ErrorText(coded, published), "", ""});
  return R"(
## AlexNet: DRAM

Raw: without run-length coding. Coded: its expected size for independent zeros; filters and the first ifmap are not
coded. An ofmap is given the zeros of the next layer's ifmap, the last one those of its own, so zeros that pooling
removes are missing.

)" + MarkdownTable(rows) +
         "\nWith the published saving of feature maps instead of ours: " + PublishedSavingText(s) + ".\n";
}

std::string ChecksText(const EyerissStudy& s) {
  std::string text = "\n## What AlexNet has to show\n\n";
  for (const EyerissCheck& check : s.checks)
    text += fmt::format("* {}: {}\n", check.met ? "met" : "NOT MET", check.what);
  return text;
}

std::string SourcesText(const EyerissStudy& s) {
  std::string text = "\n## Sources\n\n* chip: " + s.chip.source + "\n* costs: " + s.chip.cost_source + "\n";
  for (const EyerissNetwork* network : {&s.alexnet, &s.vgg16})
    for (const auto& [what, source] : network->sources)
      text += fmt::format("* {}, {}: {}\n", network->name, what, source);
  return text;
}

}  // namespace

std::string MappingText(const RowStationaryMapping& m) {
  return fmt::format("{} {} {} {} {} {} {}", m.m, m.n, m.e, m.p, m.q, m.r, m.t);
}

std::string ErrorText(double ours, double published) { return fmt::format("{:+.1f} %", 100 * (ours / published - 1)); }


double SumOf(const std::vector<EyerissEstimate>& estimates, double EyerissEstimate::*member) {
  return std::accumulate(estimates.begin(), estimates.end(), 0.0,
                         [&](double sum, const EyerissEstimate& e) { return sum + e.*member; });
}

std::string EyerissText(const EyerissStudy& s) {
  return "# The Eyeriss chip from our cost code, beside its published figures\n" + CountsText(s) + Conv3Text(s) +
         DramText(s) + EyerissTimeText(s) + EyerissPowerText(s) + EyerissVggText(s) + ChecksText(s) + SourcesText(s);
}

}  // namespace weft
