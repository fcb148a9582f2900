// SPDX-License-Identifier: Apache-2.0
// weft compare MODEL: the same program and inputs on rtl and systemc; equal, or the first difference.
#include <fmt/format.h>

#include <memory>

#include "model/error.h"
#include "sim/cli.h"
#include "sim/cli_common.h"
#include "sim/compare.h"

namespace weft {
namespace {

std::string Speed(const char* engine, int64_t cycles, double seconds) {
  return fmt::format("{}: {} cycles in {:.3f} s, {:.3f} million a second", engine, cycles, seconds,
                     static_cast<double>(cycles) / seconds / 1e6);
}

void RunCompare(const ExecuteOptions& options) {
  CheckExecuteOptions(options);
  const LoadedModel model = LoadModel(options, Need::kProgram);
  const std::vector<TensorData> inputs = InputsOf(options, model.program);
  RunInfo info;
  DeviceReport reports[2];
  double seconds[2];
  for (int i = 0; i < 2; ++i) {
    const std::unique_ptr<DeviceRunner> device =
        MakeDevice(options, i == 0 ? kRtl : kSystemc, {}, model.program, &info);
    reports[i] = ReportOf(model.program, device.get(),
                          Execute(options, model.program, device.get(), inputs));
    seconds[i] = device->wall_seconds();
  }
  const Comparison comparison = Compare(model.program, reports[0], reports[1]);
  if (!comparison.difference.empty())
    throw Error(fmt::format("{}: {}", options.model, comparison.difference),
                ExitStatus::kComparison);
  Print(fmt::format("equal: {} comparisons\n", comparison.count));
  if (options.quiet || reports[0].cycles == 0) return;
  Print(fmt::format("{}\n{}\nratio {:.1f}\n", Speed(kRtl, reports[0].cycles, seconds[0]),
                    Speed(kSystemc, reports[1].cycles, seconds[1]), seconds[0] / seconds[1]));
}

}  // namespace

void AddCompareCommand(CLI::App* app) {
  CLI::App* command = app->add_subcommand(
      "compare", "run a model on rtl and systemc; equal, or the first difference");
  const auto options = std::make_shared<ExecuteOptions>();
  AddExecuteOptions(command, options.get());
  command->callback([options] { RunCompare(*options); });
}

}  // namespace weft
