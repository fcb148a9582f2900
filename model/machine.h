// SPDX-License-Identifier: Apache-2.0
// The meaning of a program without its timing: executes command words in stream order on memory, GLB,
// spads and tables, as docs/microarchitecture.md section 2 defines them. What the array computes is defined here,
// when it does so elsewhere.

#ifndef WEFT_MODEL_MACHINE_H_
#define WEFT_MODEL_MACHINE_H_

#include <cstdint>
#include <vector>

#include "model/config.h"

namespace weft {

class Machine {
 public:
  // memory is the device window; the machine reads and writes it in place.
  Machine(const Config& config, std::vector<uint8_t>* memory);

  // Runs the command words until `end`. Throws Error (kDevice) on a command it cannot execute.
  void Run(const uint32_t* words, size_t count);

  // Multiplications done, by (nonzero weight, zero weight), since construction.
  int64_t macs() const { return macs_; }
  int64_t gated() const { return gated_; }

 private:
  struct Parameters {
    int32_t bias = 0, m0 = 0, exponent = 0;
  };
  struct Pattern {
    std::vector<uint16_t> pes;
    std::vector<uint32_t> streams, units;
  };

  void Move(const uint32_t* operands, bool store);
  void Map(const uint32_t* operands);
  void Filter(const uint32_t* operands);
  void Param(const uint32_t* operands);
  void Pass(const uint32_t* operands);
  void PostProcess(const uint32_t* pass, const int32_t* sums, int param_row, int64_t out_at);
  int64_t Get(const uint32_t* operands, const spec::Field& field) const;

  const Config config_;
  std::vector<uint8_t>& memory_;
  std::vector<uint8_t> glb_;
  std::vector<int16_t> filters_;  // [copy][pe][address][lane]
  std::vector<Parameters> parameters_;  // [half][row][lane]
  Pattern patterns_[1 << spec::kPassPattern.width];
  std::vector<uint32_t> cfg_[2];
  int64_t macs_ = 0, gated_ = 0;
};

}  // namespace weft

#endif  // WEFT_MODEL_MACHINE_H_
