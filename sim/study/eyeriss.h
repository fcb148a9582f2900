// SPDX-License-Identifier: Apache-2.0
// Parts of `weft study eyeriss`: the published figures (spec/studies/eyeriss_*.yaml), what our cost code
// (compiler/row_stationary.h) makes of the published mappings, and how it is printed. docs/studies.md tells what is
// computed, searched and fitted. MB is 1e6 bytes, KB 1024.

#ifndef WEFT_SIM_STUDY_EYERISS_H_
#define WEFT_SIM_STUDY_EYERISS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/row_stationary.h"
#include "compiler/run_length.h"
#include "sim/study/study.h"

namespace weft {

struct EyerissChip {
  std::string source, cost_source;
  RowStationaryMachine machine;
  double clock_mhz = 0;
  RunLengthCode run_length;
  double mac_pj = 0, spad_pj = 0, array_pj = 0, glb_pj = 0;
  double alu_most_pct = 0, movement_most_pct = 0;  // of chip power
};

// Of a layer, or the totals and averages of all.
struct EyerissMeasured {
  double power_mw = 0, total_ms = 0, processing_ms = 0, macs_g = 0, zeros_pct = 0, glb_mb = 0, dram_mb = 0;
  int pes = 0;
};

struct EyerissLayer {
  std::string name;
  RowStationaryShape shape;
  EyerissMeasured measured;
  std::optional<RowStationaryMapping> mapping;  // AlexNet only, as the next three
  double glb_ifmap_kb = 0, glb_psum_kb = 0;
  double rlc_ratio = 0;
  std::optional<double> fmap_saving_pct;
};

struct EyerissNetwork {
  std::string name;
  std::map<std::string, std::string> sources;  // by what they are the source of
  std::vector<EyerissLayer> layers;
  EyerissMeasured totals;
};

EyerissChip ReadEyerissChip();
EyerissNetwork ReadEyerissNetwork(const std::string& file);  // NAME of spec/studies/NAME.yaml

// A layer under a mapping.
struct EyerissEstimate {
  RowStationaryMapping mapping;
  RowStationaryCounts counts;
  double glb_mb = 0, dram_raw_mb = 0, dram_mb = 0;  // DRAM without and with run-length coding
  double fmap_raw_mb = 0, fmap_mb = 0;              // of it ifmaps and ofmaps
  double mac_ms = 0, ms = 0;                        // multiplying only; with bus limits and ramps
  double mac_mj = 0, spad_mj = 0, array_mj = 0, glb_mj = 0;  // at the cited costs

  double movement_mj() const { return spad_mj + array_mj + glb_mj; }
  double switched_mj() const { return mac_mj + movement_mj(); }
};

// Our power is scale * switched energy / time + clock_mw: two constants, fitted.
struct EyerissPower {
  double scale = 0, clock_mw = 0;
  double Of(const EyerissEstimate& e) const { return scale * e.switched_mj() / e.ms * 1000 + clock_mw; }
};

EyerissEstimate EstimateEyeriss(const EyerissChip& chip, const EyerissNetwork& network, size_t layer,
                                const RowStationaryMapping& mapping);
// To the published power of the layers, but for the one left out.
EyerissPower FitEyerissPower(const EyerissNetwork& network, const std::vector<EyerissEstimate>& estimates,
                             std::optional<size_t> left_out = std::nullopt);

// Least DRAM words times cycles of passes without ramps; of equals that with the least energy on the chip.
RowStationaryMapping FindEyerissMapping(const EyerissChip& chip, const EyerissLayer& layer);
// Likewise among the mappings that explain two measured columns: the active PEs exactly, GLB MB within 5 %.
RowStationaryMapping InferEyerissMapping(const EyerissChip& chip, const EyerissLayer& layer);
constexpr double kInferredGlbTolerance = 0.05;

// Something that the study has to show, of AlexNet.
struct EyerissCheck {
  std::string what;
  bool met = false;
};

struct EyerissStudy {
  EyerissChip chip;
  EyerissNetwork alexnet, vgg16;
  std::vector<EyerissEstimate> published;      // AlexNet, the mappings of table III
  std::vector<EyerissEstimate> found;          // AlexNet, searched: the same but for CONV3
  EyerissPower power;                          // fitted to `found`
  std::vector<double> left_out_error;          // of each AlexNet layer's power, fitted to the four others
  std::vector<EyerissEstimate> vgg, inferred;  // VGG-16: searched; inferred from two measured columns
  std::vector<EyerissCheck> checks;
};

EyerissStudy ComputeEyerissStudy();
std::vector<EyerissCheck> EyerissChecks(const EyerissStudy& study);
StudyResult StudyEyeriss();

// The text and its parts.
std::string EyerissText(const EyerissStudy& study);
std::string EyerissTimeText(const EyerissStudy& study);
std::string EyerissPowerText(const EyerissStudy& study);
std::string EyerissVggText(const EyerissStudy& study);
std::string MappingText(const RowStationaryMapping& mapping);  // "m n e p q r t"
std::string ErrorText(double ours, double published);          // "+1.2 %"
double SumOf(const std::vector<EyerissEstimate>& estimates, double EyerissEstimate::*member);
double MeanPowerMw(const EyerissPower& power, const std::vector<EyerissEstimate>& estimates);  // over their time

// row(name, layer, estimate): AlexNet's layers with table III's mapping; behind it the same layer with the mapping
// found, if that is another one.
template <typename Row>
void ForAlexnetMappings(const EyerissStudy& s, const Row& row) {
  for (size_t i = 0; i < s.published.size(); ++i) {
    const EyerissLayer& layer = s.alexnet.layers[i];
    const bool differ = !(s.published[i].mapping == s.found[i].mapping);
    row(layer.name + (differ ? ", table III" : ""), layer, s.published[i]);
    if (differ) row(layer.name + ", found", layer, s.found[i]);
  }
}

nlohmann::ordered_json EyerissJson(const EyerissStudy& study);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_EYERISS_H_
