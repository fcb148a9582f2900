// SPDX-License-Identifier: Apache-2.0
// Networks on the verilated accelerator, for the tests of whole networks.

#ifndef WEFT_TESTS_SUPPORT_RTL_H_
#define WEFT_TESTS_SUPPORT_RTL_H_

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "compiler/import_tflite.h"
#include "sim/device_runner.h"
#include "sim/rtl_device.h"
#include "tests/support/models.h"

namespace weft::test {

inline bool LongTests() {
  const char* text = std::getenv("WEFT_LONG");
  return text != nullptr && std::string(text) == "1";
}

inline DeviceOptions QuietRtl() {
  DeviceOptions options;
  options.quiet = true;
  return options;
}

// A program with its device and session; several inferences can follow each other.
class RtlNetwork {
 public:
  RtlNetwork(Graph graph, const Config& config, const DeviceOptions& options = QuietRtl(),
             const CompileOptions& compile = {})
      : program_(Compile(std::move(graph), config, compile)),
        runner_(program_, MakeRtlDevice(config, program_.window_bytes, options)),
        session_(program_, &runner_) {}

  const Program& program() const { return program_; }
  Session& session() { return session_; }

 private:
  Program program_;
  DeviceRunner runner_;
  Session session_;
};

// The dense inputs of inference `index` out of files that hold several one after the other.
inline std::vector<TensorData> Slice(const Graph& graph, const std::vector<int>& tensors,
                                     const std::vector<TensorData>& files, size_t index) {
  std::vector<TensorData> parts;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const size_t bytes = static_cast<size_t>(graph.tensor(tensors[i]).bytes());
    parts.emplace_back(files[i].begin() + static_cast<int64_t>(index * bytes),
                       files[i].begin() + static_cast<int64_t>((index + 1) * bytes));
  }
  return parts;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_RTL_H_
