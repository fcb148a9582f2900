// SPDX-License-Identifier: Apache-2.0
// Energy and bytes of weights of 16, 8 and 4 bits and of a codebook, on the same layers and mappings: counted from the
// events of the 8-bit machine. docs/studies.md has the rules.

#ifndef WEFT_SIM_STUDY_QUANTIZATION_H_
#define WEFT_SIM_STUDY_QUANTIZATION_H_

#include <string>
#include <vector>

#include "model/energy.h"
#include "sim/study/study.h"
#include "sim/study/run.h"

namespace weft {

struct WeightFormat {
  const char* name;
  int stored_bits;    // in DRAM and GLB
  int operand_bits;   // on the bus, in spads and multipliers, less the zero point
  int codebook_entries;  // 0: none
};
constexpr WeightFormat kWeightFormats[] = {
    {"16 bits", 16, 17, 0}, {"8 bits", 8, 9, 0}, {"4 bits", 4, 5, 0}, {"codebook of 16", 4, 9, 16}};
constexpr size_t kWeightFormatCount = sizeof kWeightFormats / sizeof kWeightFormats[0];

struct QuantizationFigures {
  int64_t weight_bytes = 0, dram_bytes = 0;  // weight_bytes: of the layer's filters, once
  LayerEnergy energy;
};
struct QuantizationLayer {
  std::string name;
  QuantizationFigures formats[kWeightFormatCount];
};

// Of a workload that was run with its own zeros.
std::vector<QuantizationLayer> QuantizationOf(const MeasuredWorkload& measured, const EnergyTable& table);

StudyResult StudyQuantizationOf(const std::vector<Workload>& workloads);
StudyResult StudyQuantization();  // of those of study zeros

}  // namespace weft

#endif  // WEFT_SIM_STUDY_QUANTIZATION_H_
