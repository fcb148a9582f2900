// SPDX-License-Identifier: Apache-2.0
// What the study has to show.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/study/dataflows.h"

namespace weft {
namespace {

// As the paper prints ratios.
double OneDigit(double ratio) { return std::round(ratio * 10) / 10; }

std::string SetupText(const DataflowPoint& point) {
  return fmt::format("{}, {} PEs, batch {}", DataflowName(point.dataflow), point.pes, point.batch);
}

// Least and greatest of the other dataflows over RS; of FC at one batch only.
ClaimCheck CheckRatios(const DataflowStudy& study, bool fc) {
  const DataflowStudyData& data = study.data;
  const DataflowPoint *least = nullptr, *most = nullptr;
  for (const DataflowPoint& point : study.points) {
    if (point.fc != fc || point.dataflow == Dataflow::kRowStationary || point.Impossible()) continue;
    if (fc && point.batch != data.fc_batch) continue;
    if (!least || study.TimesRs(point) < study.TimesRs(*least)) least = &point;
    if (!most || study.TimesRs(point) > study.TimesRs(*most)) most = &point;
  }
  const double low = study.TimesRs(*least), high = study.TimesRs(*most);
  ClaimCheck check;
  check.claim = fc ? fmt::format("FC at batch {}: others take {:.1f} times RS's energy or more", data.fc_batch,
                                 data.fc_low)
                   : fmt::format("CONV: others take {:.1f} to {:.1f} times RS's energy", data.conv_low, data.conv_high);
  check.found = fmt::format("{:.3f} ({}) to {:.3f} ({})", low, SetupText(*least), high, SetupText(*most));
  const double least_claimed = fc ? data.fc_low : data.conv_low, most_claimed = fc ? high : data.conv_high;
  check.holds = OneDigit(low) >= least_claimed && OneDigit(high) <= OneDigit(most_claimed);
  check.rounded = check.holds && (low < least_claimed || high > most_claimed);
  return check;
}

ClaimCheck CheckPossible(const DataflowStudy& study) {
  ClaimCheck check = {"possible where the paper has bars, and nowhere else", "", true};
  for (const DataflowPoint& point : study.points) {
    const bool shown = study.data.Published(point.fc, point.pes, point.batch, Dataflow::kRowStationary);
    const bool published = study.data.Published(point.fc, point.pes, point.batch, point.dataflow);
    if (point.Impossible())
      check.found += fmt::format("{}not possible: {} ({})", check.found.empty() ? "" : "; ", SetupText(point),
                                 point.Impossible()->name);
    if (shown && published == (point.Impossible() != nullptr)) check.holds = false;
  }
  if (check.found.empty()) check.found = "everything is possible";
  return check;
}

ClaimCheck CheckBars(const DataflowStudy& study) {
  const DataflowStudyData& data = study.data;
  int bars = 0;
  double worst = 0;
  for (const DataflowPoint& point : study.points) {
    const LevelEnergy* published = data.Published(point.fc, point.pes, point.batch, point.dataflow);
    if (!published || point.Impossible()) continue;
    ++bars;
    worst = std::max(worst, std::abs(point.PerOp() / (data.costs.mac + published->total()) - 1));
  }
  return {fmt::format("every dataflow's energy within {:.0f} % of its bar in the paper", 100 * data.within),
          fmt::format("{} bars; at most {:.1f} % away", bars, 100 * worst), worst <= data.within};
}

}  // namespace

std::vector<LayerCheck> CheckRsLayers(const DataflowStudy& study) {
  const DataflowStudyData& data = study.data;
  std::vector<LayerCheck> checks;
  for (const PublishedLayer& published : data.rs_layers) {
    for (const bool fc : {false, true}) {
      for (const LayerPoint& layer : study.Rs(fc, data.rs_pes, data.rs_batch).layers) {
        if (layer.name != published.name) continue;
        constexpr double kUnit = 1e9;
        const LevelEnergy levels = layer.energy.levels();
        const auto add = [&](const char* component, double ours, double bar, std::optional<double> constant) {
          LayerCheck check = {layer.name, component, ours / kUnit, bar, constant, "", constant.has_value(), true};
          if (constant && std::abs(check.ConstantError()) > data.within) {
            for (const Explanation& one : data.explained)
              if (one.layer == check.layer && one.component == check.component) check.explanation = one.text;
          }
          if (check.judged)
            check.ok = std::abs(check.BarError()) <= data.within &&
                       (std::abs(check.ConstantError()) <= data.within || !check.explanation.empty());
          checks.push_back(check);
        };
        add("ALU", layer.energy.mac, published.mac, published.mac_constant);
        add("DRAM", levels.dram, published.bars.dram, published.dram_constant);
        add("GLB", levels.glb, published.bars.glb, std::nullopt);
        add("array", levels.array, published.bars.array, std::nullopt);
        add("RF", levels.rf, published.bars.rf, published.rf_constant);
      }
    }
  }
  return checks;
}

std::pair<double, double> PublishedRatios(const DataflowStudyData& data, bool fc) {
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const PublishedPoint& point : data.published) {
    if (point.fc != fc || (fc && point.batch != data.fc_batch)) continue;
    const double rs = data.costs.mac + point.per_op.at(Dataflow::kRowStationary).total();
    for (const auto& [dataflow, energy] : point.per_op) {
      if (dataflow == Dataflow::kRowStationary) continue;
      least = std::min(least, (data.costs.mac + energy.total()) / rs);
      most = std::max(most, (data.costs.mac + energy.total()) / rs);
    }
  }
  return {least, most};
}

std::vector<ClaimCheck> CheckClaims(const DataflowStudy& study) {
  std::vector<ClaimCheck> claims = {CheckRatios(study, false), CheckRatios(study, true), CheckPossible(study),
                                    CheckBars(study)};
  ClaimCheck layers;
  layers.claim = fmt::format("RS layer by layer: ALU, DRAM and RF within {:.0f} % of the figure, and of the constants "
                             "or explained",
                             100 * study.data.within);
  layers.holds = true;
  double bar = 0, constant = 0;
  int judged = 0, explained = 0;
  for (const LayerCheck& check : CheckRsLayers(study)) {
    if (!check.judged) continue;
    ++judged;
    layers.holds = layers.holds && check.ok;
    bar = std::max(bar, std::abs(check.BarError()));
    if (!check.explanation.empty()) ++explained;
    else constant = std::max(constant, std::abs(check.ConstantError()));
  }
  layers.found = fmt::format("{} energies; at most {:.1f} % from the figure, {:.1f} % from the constants but for {} "
                             "that is explained",
                             judged, 100 * bar, 100 * constant, explained);
  claims.push_back(layers);
  return claims;
}

}  // namespace weft
