// SPDX-License-Identifier: Apache-2.0
// The one way to report an error to the user: an exception that carries one line
// (what, where, the value, what would work) and the exit status of the program.

#ifndef WEFT_MODEL_ERROR_H_
#define WEFT_MODEL_ERROR_H_

#include <stdexcept>
#include <string>

namespace weft {

// Values are the process exit statuses promised in INTERFACES.
enum class ExitStatus : int {
  kBadInput = 1,    // a file, model, tensor or configuration is wrong or not supported
  kUsage = 2,       // the command line is wrong
  kDevice = 3,      // the device faulted or timed out
  kComparison = 4,  // a comparison or study failed
  kMachine = 5,     // something on this machine is missing or failed
};

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& line, ExitStatus status = ExitStatus::kBadInput)
      : std::runtime_error(line), status_(status) {}

  ExitStatus status() const { return status_; }
  int exit_status() const { return static_cast<int>(status_); }

 private:
  ExitStatus status_;
};

}  // namespace weft

#endif  // WEFT_MODEL_ERROR_H_
