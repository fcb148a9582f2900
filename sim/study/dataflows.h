// SPDX-License-Identifier: Apache-2.0
// Row stationary beside five other dataflows: what the study finds, and how it is told. docs/study_dataflows.md has
// the rules.

#ifndef WEFT_SIM_STUDY_DATAFLOWS_H_
#define WEFT_SIM_STUDY_DATAFLOWS_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/study/study.h"
#include "sim/study/dataflows_data.h"
#include "sim/study/page.h"
#include "sim/study/table.h"

namespace weft {

struct LayerPoint {
  std::string name;
  std::optional<DataflowMapping> mapping;  // none: no tile fits
  DataflowEnergy energy;
};

// One dataflow on all CONV or all FC layers.
struct DataflowPoint {
  Dataflow dataflow;
  bool fc = false;
  int pes = 0, batch = 0;
  std::vector<LayerPoint> layers;
  DataflowEnergy energy;  // sum of the layers
  double macs = 0, cycles = 0, dram_words = 0;

  const LayerPoint* Impossible() const;  // the first layer without a mapping, or null
  double PerOp() const { return energy.total() / macs; }
  double ActivePes() const { return macs / cycles; }
};

struct DataflowStudy {
  DataflowStudyData data;
  std::vector<DataflowPoint> points;
  std::vector<DataflowPoint> ifmaps_stay;  // OS whose GLB may keep ifmaps: not in the paper's mapping space
  std::vector<DataflowPoint> free_psums;   // RS whose RF may hold any number of psums, as rs_layers

  const DataflowPoint& Rs(bool fc, int pe_count, int batch) const;
  double TimesRs(const DataflowPoint& point) const {
    return point.PerOp() / Rs(point.fc, point.pes, point.batch).PerOp();
  }
  // Energy and delay (1 / active PEs) per operation over those of RS at the fewest PEs and the smallest batch.
  double EnergyDelay(const DataflowPoint& point) const;
};

DataflowStudy RunDataflowStudy();

// ALU, DRAM and RF of a layer under RS: ours beside the paper's figure and the other tool's constants, in 1e9.
struct LayerCheck {
  std::string layer, component;
  double ours = 0, bar = 0;
  std::optional<double> constant;
  std::string explanation;  // why ours is farther from the constant than allowed; empty if it is not or none is given
  bool judged = false;      // GLB and array are shown only
  bool ok = true;

  double BarError() const { return ours / bar - 1; }
  double ConstantError() const { return ours / *constant - 1; }
};
std::vector<LayerCheck> CheckRsLayers(const DataflowStudy& study);

struct ClaimCheck {
  std::string claim, found;
  bool holds = false;
  bool rounded = false;  // holds to the one digit that the paper prints, not beyond
};
std::vector<ClaimCheck> CheckClaims(const DataflowStudy& study);
// Least and greatest energy of the other dataflows over RS by the paper's bars, of FC at the claim's batch.
std::pair<double, double> PublishedRatios(const DataflowStudyData& data, bool fc);

std::vector<StudyTable> DataflowTables(const DataflowStudy& study);
// One chart for each number of PEs; a batch that takes far more than the others has a chart of its own.
std::vector<StackedChart> DataflowCharts(const DataflowStudy& study, bool fc);
// Every dataflow on every layer at the setup of the paper's layer by layer figure.
std::vector<StackedChart> DataflowLayerCharts(const DataflowStudy& study);
nlohmann::ordered_json DataflowJson(const DataflowStudy& study);

StudyResult StudyDataflows();

}  // namespace weft

#endif  // WEFT_SIM_STUDY_DATAFLOWS_H_
