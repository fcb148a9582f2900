// SPDX-License-Identifier: Apache-2.0
#include "sim/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace weft {

namespace {
constexpr int64_t kWidth = 40;
}

ProgressBar::ProgressBar(bool wanted) : shown_(wanted && ::isatty(STDERR_FILENO)) {}

ProgressBar::~ProgressBar() {
  if (shown_) fmt::print(stderr, "\r{:{}}\r", "", kWidth + 30);
}

void ProgressBar::Show(int64_t done, int64_t all) const {
  if (!shown_ || all <= 0) return;
  const size_t filled = static_cast<size_t>(kWidth * done / all);
  fmt::print(stderr, "\r[{}{}] {}/{}", std::string(filled, '#'), std::string(kWidth - filled, ' '),
             done, all);
  std::fflush(stderr);
}

}  // namespace weft
