// SPDX-License-Identifier: Apache-2.0
// What `weft study dataflows` computes with and compares with: spec/studies/dataflows.yaml, and the CONV layers of
// workloads/alexnet.yaml.

#ifndef WEFT_SIM_STUDY_DATAFLOWS_DATA_H_
#define WEFT_SIM_STUDY_DATAFLOWS_DATA_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/dataflow.h"
#include "compiler/dataflow_storage.h"

namespace weft {

struct StudyLayer {
  std::string name;
  bool fc = false;
  DataflowLayer shape;
};

// In 1e9 multiplications.
struct PublishedLayer {
  std::string name;
  double mac = 0;
  LevelEnergy bars;                  // of the paper's figure
  double mac_constant = 0, dram_constant = 0, rf_constant = 0;
};

struct PublishedPoint {
  bool fc = false;
  int pes = 0, batch = 0;
  std::map<Dataflow, LevelEnergy> per_op;
};

struct Explanation {
  std::string layer, component, text;
};

struct DataflowStudyData {
  AccessCosts costs;
  AreaCurve area{{{1, 1}}};
  std::map<Dataflow, int> rf_words;
  std::map<Dataflow, double> published_glb_kib;  // at 256 PEs
  int rf_psum_words = 0;
  std::vector<int> pes, conv_batches, fc_batches;
  std::vector<StudyLayer> layers;

  double conv_low = 0, conv_high = 0, fc_low = 0, within = 0;  // claims
  int fc_batch = 0;
  int rs_pes = 0, rs_batch = 0;
  std::vector<PublishedLayer> rs_layers;
  std::vector<Explanation> explained;
  std::vector<PublishedPoint> published;

  DataflowHardware Hardware(Dataflow dataflow, int pe_count) const;
  // Null if the paper has no bar for it.
  const LevelEnergy* Published(bool fc, int pe_count, int batch, Dataflow dataflow) const;
};

DataflowStudyData LoadDataflowStudy();

}  // namespace weft

#endif  // WEFT_SIM_STUDY_DATAFLOWS_DATA_H_
