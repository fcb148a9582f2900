// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_SIM_PROGRESS_H_
#define WEFT_SIM_PROGRESS_H_

#include <cstdint>

namespace weft {

// A bar on standard error if that is a terminal, else nothing. The line is cleared at the end.
class ProgressBar {
 public:
  explicit ProgressBar(bool wanted);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  void Show(int64_t done, int64_t all) const;

 private:
  bool shown_;
};

}  // namespace weft

#endif  // WEFT_SIM_PROGRESS_H_
