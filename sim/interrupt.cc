// SPDX-License-Identifier: Apache-2.0
#include "sim/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace weft {
namespace {

// What the handler removes: text that outlives it, or null.
std::atomic<const char*> temporary{nullptr};

void End(int signal) {
  // Only calls that are safe in a handler.
  if (const char* path = temporary.load()) ::unlink(path);
  constexpr char kLine[] = "\nweft: interrupted\n";
  const ssize_t ignored = ::write(STDERR_FILENO, kLine, sizeof kLine - 1);
  static_cast<void>(ignored);
  ::_exit(128 + signal);
}

}  // namespace

void EndOnSignals() {
  struct sigaction action = {};
  action.sa_handler = End;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

TemporaryFile::TemporaryFile(const std::string& path) : path_(path) { temporary = path_.c_str(); }

TemporaryFile::~TemporaryFile() {
  ::unlink(path_.c_str());  // gone already if it was renamed
  temporary = nullptr;
}

}  // namespace weft
