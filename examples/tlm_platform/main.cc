// SPDX-License-Identifier: Apache-2.0
// Runs one inference of a network on the platform and prints the answer:
//   tlm_platform PROGRAM [INPUT...]
// PROGRAM is a file of `weft compile` (or a model, which is then compiled for weft168); an input is
// raw bytes, .npy or .png as for `weft run`, random data without.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "examples/tlm_platform/platform.h"
#include "model/error.h"
#include "sim/device_runner.h"
#include "sim/input.h"
#include "sim/model_file.h"
#include "sim/run.h"
#include "sim/table.h"

namespace {

constexpr uint64_t kPage = 4096;

void RunProgram(const weft::Program& program, const std::vector<std::string>& files) {
  const std::vector<weft::TensorData> inputs =
      files.empty() ? weft::RandomInputs(program.graph, 1, 1)
                    : weft::ReadInputs(program.graph, files, 1);
  weft::systemc::TlmOptions options;
  options.memory = weft::ParseMemoryParams("8,60");
  options.period = sc_core::sc_time(1.0 / program.config.clock_mhz, sc_core::SC_US);
  const auto bytes = (static_cast<uint64_t>(program.window_bytes) + kPage - 1) / kPage * kPage;

  platform::Platform platform(
      "platform", program.config, bytes, options, [&](platform::Host* host) {
        weft::DeviceRunner runner(program,
                                  std::make_unique<platform::BusDevice>(host, options.period), {},
                                  host->map().memory);
        const weft::RunResult result = weft::RunOnDevice(program, &runner, inputs, {});
        if (result.fault.code != 0)
          throw weft::Error(result.fault_line, weft::ExitStatus::kDevice);
        fmt::print("{} on {}: {} cycles of the accelerator, {} with the host's accesses\n{}",
                   program.model_name, program.config.name, runner.cycles(),
                   sc_core::sc_time_stamp().to_string(), weft::TopAnswers(program, result));
      });
  sc_core::sc_start();
  platform.host.Check();
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  if (argc < 2) {
    fmt::print(stderr, "usage: tlm_platform PROGRAM [INPUT...]\n");
    return static_cast<int>(weft::ExitStatus::kUsage);
  }
  try {
    RunProgram(weft::LoadModel(argv[1], "", weft::Need::kProgram).program,
               {argv + 2, argv + argc});
  } catch (const weft::Error& error) {
    fmt::print(stderr, "tlm_platform: {}\n", error.what());
    return error.exit_status();
  }
  return 0;
}
