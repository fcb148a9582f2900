// SPDX-License-Identifier: Apache-2.0
// weft compare MODEL: the same program and inputs on rtl and systemc; equal, or the first difference:
// of results, and of events what led there.
#include <fmt/format.h>

#include <memory>

#include "model/error.h"
#include "sim/cli.h"
#include "sim/cli_common.h"
#include "sim/compare.h"
#include "sim/first_difference.h"

namespace weft {
namespace {

std::string Speed(const char* engine, int64_t cycles, double seconds) {
  return fmt::format("{}: {} cycles in {:.3f} s, {:.3f} million a second", engine, cycles, seconds,
                     static_cast<double>(cycles) / seconds / 1e6);
}

// Runs both again with their event logs; the error says where they part.
[[noreturn]] void FailAtFirstDifference(const ExecuteOptions& options, const Program& program,
                                        const std::vector<TensorData>& inputs,
                                        const std::string& result) {
  RunInfo info;
  LoggedDevice devices[2];
  std::unique_ptr<DeviceRunner> runners[2];
  for (int i = 0; i < 2; ++i) {
    devices[i].name = i == 0 ? kRtl : kSystemc;
    const Watch watch{"", [&events = devices[i].events](const Event& e) { events.push_back(e); }, true};
    runners[i] = MakeDevice(options, devices[i].name, watch, program, &info);
    devices[i].device = runners[i].get();
  }
  PairRunner pair(program, &devices[0], &devices[1]);
  try {
    Execute(options, program, &pair, inputs);
  } catch (const Error& error) {
    if (pair.report().empty()) throw;
    Print(fmt::format("{}\n{}", result, pair.report()));
    throw Error(fmt::format("{}: {}", options.model, error.what()), ExitStatus::kComparison);
  }
  throw Error(fmt::format("{}: {}; the event logs are equal", options.model, result),
              ExitStatus::kComparison);
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
    FailAtFirstDifference(options, model.program, inputs, comparison.difference);
  const std::string part =
      options.slice_tiles > 0 ? fmt::format(", --slice {}", options.slice_tiles) : "";
  Print(fmt::format("equal: {} comparisons{}\n", comparison.count, part));
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
