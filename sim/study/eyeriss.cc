// SPDX-License-Identifier: Apache-2.0
// weft study eyeriss: everything that is computed, and what it has to show.
#include <fmt/format.h>

#include <cmath>

#include "sim/study/eyeriss.h"
#include "sim/study/table.h"

namespace weft {
namespace {

constexpr double kMostRlcDifference = 0.15, kMostPowerError = 0.15;

bool SamePrint(double ours, double published) { return Fixed(ours, 1) == Fixed(published, 1); }

}  // namespace

std::vector<EyerissCheck> EyerissChecks(const EyerissStudy& s) {
  bool pes = true, glb = true, rlc = true, power = true, same = true;
  for (size_t i = 0; i < s.published.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    const bool conv3 = layer.name == "CONV3";
    const EyerissEstimate &published = s.published[i], &found = s.found[i];
    pes = pes && published.counts.active_pes == layer.measured.pes && found.counts.active_pes == layer.measured.pes;
    glb = glb && SamePrint(found.glb_mb, layer.measured.glb_mb) &&
          SamePrint(published.glb_mb, layer.measured.glb_mb) != conv3;
    same = same && (published.mapping == found.mapping) != conv3;
    rlc = rlc && std::abs(published.dram_raw_mb / layer.measured.dram_mb - layer.rlc_ratio) <= kMostRlcDifference;
    power = power && std::abs(s.power.Of(found) / layer.measured.power_mw - 1) <= kMostPowerError;
  }
  return {{"active PEs are the published ones in every layer", pes},
          {"GLB MB equal to the printed digit, in CONV3 with the mapping found and not with table III's", glb},
          {"the search finds the mappings of table III in every layer but CONV3", same},
          {fmt::format("raw over published DRAM MB within {} of the published ratio", kMostRlcDifference), rlc},
          {fmt::format("power of every layer within {:.0f} %, two constants fitted", 100 * kMostPowerError), power}};
}

EyerissStudy ComputeEyerissStudy() {
  EyerissStudy s;
  s.chip = ReadEyerissChip();
  s.alexnet = ReadEyerissNetwork("eyeriss_alexnet");
  s.vgg16 = ReadEyerissNetwork("eyeriss_vgg16");
  for (size_t i = 0; i < s.alexnet.layers.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    s.published.push_back(EstimateEyeriss(s.chip, s.alexnet, i, layer.mapping.value()));
    s.found.push_back(EstimateEyeriss(s.chip, s.alexnet, i, FindEyerissMapping(s.chip, layer)));
  }
  s.power = FitEyerissPower(s.alexnet, s.found);
  for (size_t i = 0; i < s.found.size(); ++i)
    s.left_out_error.push_back(FitEyerissPower(s.alexnet, s.found, i).Of(s.found[i]) /
                                   s.alexnet.layers[i].measured.power_mw - 1);
  for (size_t i = 0; i < s.vgg16.layers.size(); ++i) {
    const EyerissLayer& layer = s.vgg16.layers[i];
    s.vgg.push_back(EstimateEyeriss(s.chip, s.vgg16, i, FindEyerissMapping(s.chip, layer)));
    s.inferred.push_back(EstimateEyeriss(s.chip, s.vgg16, i, InferEyerissMapping(s.chip, layer)));
  }
  s.checks = EyerissChecks(s);
  return s;
}

StudyResult StudyEyeriss() {
  const EyerissStudy study = ComputeEyerissStudy();
  StudyResult result;
  result.text = EyerissText(study);
  result.json = EyerissJson(study);
  for (const EyerissCheck& check : study.checks)
    if (!check.met) result.failed += fmt::format("{}not met: {}", result.failed.empty() ? "" : "; ", check.what);
  return result;
}

}  // namespace weft
