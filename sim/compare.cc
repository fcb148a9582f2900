// SPDX-License-Identifier: Apache-2.0
#include "sim/compare.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {
namespace {

class Comparer {
 public:
  explicit Comparer(Comparison* to) : to_(*to) {}
  void Number(const std::string& what, int64_t expected, int64_t got) {
    ++to_.count;
    if (expected != got)
      Differs(fmt::format("{}: expected {} (rtl), got {} (systemc)", what, expected, got));
  }
  void Bytes(const std::string& what, const std::vector<uint8_t>& expected,
             const std::vector<uint8_t>& got) {
    Number(what + " size", static_cast<int64_t>(expected.size()),
           static_cast<int64_t>(got.size()));
    if (expected.size() != got.size()) return;
    to_.count += static_cast<int64_t>(expected.size());
    const auto at = std::mismatch(expected.begin(), expected.end(), got.begin());
    if (at.first != expected.end())
      Differs(fmt::format("{} byte {}: expected {} (rtl), got {} (systemc)", what,
                          at.first - expected.begin(), *at.first, *at.second));
  }

 private:
  void Differs(const std::string& text) {
    if (to_.difference.empty()) to_.difference = text;
  }
  Comparison& to_;
};

void CompareLayer(const std::string& name, const LayerResult& expected, const LayerResult& got,
                  Comparer* compare) {
  compare->Number(name + ", has a record", expected.has_record, got.has_record);
  for (size_t e = 0; e < spec::kEngineCount; ++e)
    for (size_t c = 0; c < spec::kClassCount; ++c)
      compare->Number(fmt::format("{}, engine {}, cycles of class {}", name,
                                  spec::kEngineNames[e], spec::kClassNames[c]),
                      expected.classes[e * spec::kClassCount + c],
                      got.classes[e * spec::kClassCount + c]);
  for (size_t e = 0; e < spec::kEventCount; ++e)
    compare->Number(fmt::format("{}, event {}", name, spec::kEvents[e].name), expected.events[e],
                    got.events[e]);
  compare->Number(name + ", cycles", expected.cycles, got.cycles);
}

}  // namespace

DeviceReport ReportOf(const Program& program, DeviceRunner* device, RunResult result) {
  DeviceReport report;
  report.result = std::move(result);
  report.cycles = device->cycles();
  report.memory.resize(static_cast<size_t>(program.window_bytes));
  device->ReadMemory(0, report.memory.data(), report.memory.size());
  return report;
}

Comparison Compare(const Program& program, const DeviceReport& expected, const DeviceReport& got) {
  Comparison comparison;
  Comparer compare(&comparison);
  const Fault &fault = expected.result.fault, &other = got.result.fault;
  compare.Number("fault code", fault.code, other.code);
  compare.Number("fault address", static_cast<int64_t>(fault.address),
                 static_cast<int64_t>(other.address));
  compare.Number("fault layer", fault.layer, other.layer);
  for (size_t i = 0; i < expected.result.layers.size(); ++i) {
    const LayerResult& layer = expected.result.layers[i];
    const Step& step = program.plan.steps[static_cast<size_t>(layer.step)];
    CompareLayer(fmt::format("layer {} ({})", layer.step, step.name), layer,
                 got.result.layers[i], &compare);
  }
  for (size_t i = 0; i < expected.result.outputs.size() && i < got.result.outputs.size(); ++i)
    compare.Bytes(fmt::format("output {}", i), expected.result.outputs[i], got.result.outputs[i]);
  if (fault.code == 0) {
    compare.Number("cycles", expected.cycles, got.cycles);
    compare.Bytes("memory", expected.memory, got.memory);
  }
  return comparison;
}

}  // namespace weft
