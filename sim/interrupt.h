// SPDX-License-Identifier: Apache-2.0
// Ctrl-C: the program ends at once with status 130 and leaves no temporary file behind.

#ifndef WEFT_SIM_INTERRUPT_H_
#define WEFT_SIM_INTERRUPT_H_

#include <string>

namespace weft {

// SIGINT and SIGTERM remove the temporary files that there are and end the program with status
// 130 or 143.
void EndOnSignals();

// The name of a file that is removed when the object or the program ends. A few at a time.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& path);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  int slot_ = 0;
};

}  // namespace weft

#endif  // WEFT_SIM_INTERRUPT_H_
