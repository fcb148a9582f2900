// SPDX-License-Identifier: Apache-2.0
// Runs a compiled program: accelerator segments on a back end, the operators between them on
// the host, inputs and outputs moved. What differs between engines is behind SegmentRunner.

#ifndef WEFT_SIM_SESSION_H_
#define WEFT_SIM_SESSION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/program.h"
#include "compiler/reference.h"
#include "driver/run.h"

namespace weft {

struct Fault {
  int code = 0;  // 0: none
  std::string text;
  uint64_t address = 0;
  int layer = -1;
};

class SegmentRunner {
 public:
  virtual ~SegmentRunner() = default;
  virtual void WriteMemory(int64_t address, const uint8_t* bytes, size_t count) = 0;
  virtual void ReadMemory(int64_t address, uint8_t* bytes, size_t count) = 0;
  // Runs the commands at segment.address, which are already in memory. A fault ends the run.
  virtual Fault RunSegment(const Segment& segment) = 0;
};

// One step of the program after a run. Host steps have no record.
struct StepResult {
  bool has_record = false;
  driver::Record record;
};

class Session {
 public:
  // Loads weights and commands. The program must outlive the session.
  Session(const Program& program, SegmentRunner* runner);

  // One inference; the inputs are dense tensors in graph order. Outputs likewise. Throws Error
  // (kDevice) on a fault. With `keep` (a program compiled with
  // keep_tensors), every step's output is read back at the end.
  std::vector<TensorData> Run(const std::vector<TensorData>& inputs, bool keep = false);

  // One step alone, and cold where the program was compiled with one_segment_per_layer: writes what
  // it reads, from `tensors` (as RunReference returns them, whatever the step does not depend on may
  // be missing), runs it and returns its output.
  TensorData RunStep(int step, const std::vector<TensorData>& tensors);

  const std::vector<StepResult>& steps() const { return results_; }
  const Fault& fault() const { return fault_; }
  double host_seconds() const { return host_seconds_; }
  // With keep: per graph tensor; empty where it is no step's output.
  const std::vector<TensorData>& kept() const { return kept_; }

 private:
  void WriteTensor(int tensor, const TensorData& data);
  TensorData ReadTensor(int tensor);
  void WriteInputsOfStep(int step, const std::vector<TensorData>& tensors);
  void RunHostStep(const Step& step);
  void RunSegment(const Segment& segment);

  const Program& program_;
  SegmentRunner* runner_;
  std::vector<StepResult> results_;
  std::vector<TensorData> kept_;
  Fault fault_;
  double host_seconds_ = 0;
};

}  // namespace weft

#endif  // WEFT_SIM_SESSION_H_
