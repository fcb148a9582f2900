// SPDX-License-Identifier: Apache-2.0
// What the studies of Weft's own layers share: workloads run on the exact model, and events with what one costs.

#ifndef WEFT_SIM_STUDY_RUN_H_
#define WEFT_SIM_STUDY_RUN_H_

#include <optional>
#include <string>
#include <vector>

#include "compiler/program.h"
#include "compiler/workload.h"
#include "model/energy.h"
#include "sim/run.h"
#include "sim/study/study.h"

namespace weft {

// One that the project ships, by its file's name without .yaml.
Workload ShippedWorkload(const std::string& name);

struct MeasuredWorkload {
  Workload workload;
  Program program;
  RunResult result;
};
// Mapped and run on weft168 with the default memory, as `weft run --engine systemc` does. zeros: of every activation
// tensor instead of the workload's.
MeasuredWorkload Measure(Workload workload, std::optional<double> zeros);

// Events of a layer and the cost of one each, to be changed by name.
class PricedEvents {
 public:
  PricedEvents(const EnergyTable& table, const Config& config, const LayerResult& layer);

  int64_t& count(const std::string& event) { return counts_[At(event)]; }
  double& cost(const std::string& event) { return costs_[At(event)]; }
  LayerEnergy energy() const { return EnergyOf(events_, costs_, counts_); }

 private:
  size_t At(const std::string& event) const;

  std::vector<EnergyEvent> events_;
  std::vector<double> costs_;
  std::vector<int64_t> counts_;
};

// AlexNet and VGG-16, with the zero fractions that Eyeriss was measured with.
std::vector<Workload> PublishedWorkloads();

// What such a study begins with: its rules and the table, as text and as JSON.
StudyResult BeginStudy(const char* name, const char* rules, const EnergyTable& table);

// Of all clients of the memory.
int64_t DramBytes(const LayerResult& layer);

}  // namespace weft

#endif  // WEFT_SIM_STUDY_RUN_H_
