// SPDX-License-Identifier: Apache-2.0
#include "sim/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "model/error.h"

namespace weft {
namespace {

// What the handler removes: texts that outlive it, or null.
constexpr int kMostFiles = 4;
std::atomic<const char*> temporary[kMostFiles];

void End(int signal) {
  // Only calls that are safe in a handler.
  for (const std::atomic<const char*>& file : temporary)
    if (const char* path = file.load()) ::unlink(path);
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

TemporaryFile::TemporaryFile(const std::string& path) : path_(path) {
  while (slot_ < kMostFiles && temporary[slot_] != nullptr) ++slot_;
  if (slot_ == kMostFiles) throw Error("internal: too many temporary files");
  temporary[slot_] = path_.c_str();
}

TemporaryFile::~TemporaryFile() {
  ::unlink(path_.c_str());  // gone already if it was renamed
  temporary[slot_] = nullptr;
}

}  // namespace weft
