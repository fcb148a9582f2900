// SPDX-License-Identifier: Apache-2.0
#include "sim/study/run.h"

#include <fmt/format.h>

#include <utility>

#include "compiler/import_workload.h"
#include "kWorkloadFiles.h"
#include "model/error.h"
#include "sim/device_runner.h"
#include "sim/input.h"
#include "sim/judge.h"
#include "sim/model_file.h"
#include "sim/progress.h"
#include "sim/systemc_device.h"

namespace weft {

Workload ShippedWorkload(const std::string& name) {
  for (const auto& file : kWorkloadFiles)
    if (name + ".yaml" == file.name) return ParseWorkload(file.text, file.name);
  throw Error(fmt::format("{}: no such workload is shipped", name));
}

std::vector<Workload> PublishedWorkloads() { return {ShippedWorkload("alexnet"), ShippedWorkload("vgg16")}; }

MeasuredWorkload Measure(Workload workload, std::optional<double> zeros) {
  MeasuredWorkload measured;
  if (zeros) workload.zeros = zeros;
  CompileOptions options;
  options.judge = JudgeByModel;
  measured.program = Compile(ImportWorkload(workload, workload.name), LoadConfig(kDefaultConfig), options);
  measured.workload = std::move(workload);
  const Program& program = measured.program;
  DeviceRunner device(program, MakeSystemcDevice(program.config, program.window_bytes, DeviceOptions()));
  const ProgressBar bar(true);
  RunOptions run;
  run.progress = [&bar](int64_t done, int64_t all) { bar.Show(done, all); };
  measured.result =
      RunOnDevice(program, &device, RandomInputs(program.graph, run.batch, measured.workload.seed), run);
  if (measured.result.fault.code != 0) throw Error(measured.result.fault_line, ExitStatus::kDevice);
  return measured;
}

PricedEvents::PricedEvents(const EnergyTable& table, const Config& config, const LayerResult& layer)
    : events_(EnergyEvents(config)), costs_(EventCosts(table, config)),
      counts_(EnergyCountsOf(layer.events, layer.cycles)) {}

size_t PricedEvents::At(const std::string& event) const {
  for (size_t i = 0; i < events_.size(); ++i)
    if (events_[i].name == event) return i;
  throw Error(fmt::format("{}: no such event", event));
}

StudyResult BeginStudy(const char* name, const char* rules, const EnergyTable& table) {
  StudyResult result;
  result.text = fmt::format("{}Energy table {}: {}.\n\n", rules, table.name, table.doc);
  result.json = {{"study", name}, {"energy_table", table.name}, {"networks", nlohmann::ordered_json::array()}};
  return result;
}

int64_t DramBytes(const LayerResult& layer) {
  int64_t bytes = 0;
  for (int event : {spec::kEvDramRdCmd, spec::kEvDramRdFl, spec::kEvDramRdIl, spec::kEvDramWrSt, spec::kEvDramWrRec})
    bytes += layer.events[static_cast<size_t>(event)];
  return bytes;
}

}  // namespace weft
