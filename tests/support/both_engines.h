// SPDX-License-Identifier: Apache-2.0
// One program on rtl and on systemc.

#ifndef WEFT_TESTS_SUPPORT_BOTH_ENGINES_H_
#define WEFT_TESTS_SUPPORT_BOTH_ENGINES_H_

#include <memory>
#include <utility>
#include <vector>

#include "sim/compare.h"
#include "sim/systemc_device.h"
#include "tests/support/rtl.h"

namespace weft::test {

// The five settings of what must be equal at any: fast, slow, wide, with stalls, both.
constexpr const char* kMemories[] = {"8,60", "4,100", "16,10", "8,60,stall=0.1", "2,200,stall=0.3"};

// `expected` gets what rtl says.
inline Comparison RunBoth(const Program& program, const std::vector<TensorData>& inputs,
                          const DeviceOptions& options, DeviceReport* expected, int batch = 1,
                          const Watchdogs& watchdogs = {}) {
  RunOptions run;
  run.batch = batch;
  const auto report = [&](std::unique_ptr<driver::Device> device) {
    DeviceRunner runner(program, std::move(device), watchdogs);
    return ReportOf(program, &runner, RunOnDevice(program, &runner, inputs, run));
  };
  *expected = report(MakeRtlDevice(program.config, program.window_bytes, options));
  return Compare(program, *expected,
                 report(MakeSystemcDevice(program.config, program.window_bytes, options)));
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_BOTH_ENGINES_H_
