// SPDX-License-Identifier: Apache-2.0
// For tests of the SystemC platform in examples/tlm_platform/.

#ifndef WEFT_TESTS_SUPPORT_PLATFORM_H_
#define WEFT_TESTS_SUPPORT_PLATFORM_H_

#include "examples/tlm_platform/platform.h"

namespace weft::test {

// A simulation of its own.
class Context {
 public:
  Context() : before_(sc_core::sc_curr_simcontext) { sc_core::sc_curr_simcontext = &context_; }
  ~Context() { sc_core::sc_curr_simcontext = before_; }

 private:
  sc_core::sc_simcontext* const before_;
  sc_core::sc_simcontext context_;
};

inline systemc::TlmOptions TlmOf(const char* memory, Cycle quantum) {
  systemc::TlmOptions options;
  options.memory = ParseMemoryParams(memory);
  options.quantum = quantum;
  return options;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_PLATFORM_H_
