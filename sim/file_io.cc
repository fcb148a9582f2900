// SPDX-License-Identifier: Apache-2.0
#include "sim/file_io.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "model/error.h"
#include "sim/interrupt.h"

namespace weft {
namespace {

namespace fs = std::filesystem;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

[[noreturn]] void CannotRead(const std::string& path, const std::string& why) {
  throw Error(fmt::format("{}: cannot be read: {}; give the path of a readable file", path, why));
}

[[noreturn]] void CannotWrite(const std::string& path, const std::string& why) {
  throw Error(fmt::format("{}: cannot be written: {}", path, why), ExitStatus::kMachine);
}

std::string Why(int number) { return std::strerror(number); }

void WriteAll(int file, const void* bytes, size_t count, const std::string& path) {
  const char* at = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t n = ::write(file, at, count);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) CannotWrite(path, Why(errno));
    at += n;
    count -= static_cast<size_t>(n);
  }
}

}  // namespace

std::vector<uint8_t> ReadWholeFile(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) != 0) CannotRead(path, Why(errno));
  if (S_ISDIR(info.st_mode)) CannotRead(path, "it is a folder");
  if (!S_ISREG(info.st_mode)) CannotRead(path, "it is no regular file");
  const File file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (file == nullptr) CannotRead(path, Why(errno));
  std::vector<uint8_t> bytes(static_cast<size_t>(info.st_size));
  const size_t got = bytes.empty() ? 0 : std::fread(bytes.data(), 1, bytes.size(), file.get());
  if (got != bytes.size()) CannotRead(path, std::ferror(file.get()) ? Why(errno) : "it ends early");
  return bytes;
}

void WriteWholeFile(const std::string& path, const void* bytes, size_t count) {
  PendingFile pending(path);
  const bool direct = pending.path() == path;
  const int flags = direct ? O_WRONLY : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
  const int file = ::open(pending.path().c_str(), flags, 0666);
  if (file < 0) pending.Fail(errno);
  try {
    WriteAll(file, bytes, count, path);
  } catch (...) {
    ::close(file);
    throw;
  }
  if (::close(file) != 0) pending.Fail(errno);
  pending.Commit();
}

PendingFile::PendingFile(const std::string& name) : name_(name) {
  struct stat info;
  if (::stat(name.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    if (S_ISDIR(info.st_mode)) CannotWrite(name, "it is a folder");
    return;
  }
  temporary_ = std::make_unique<TemporaryFile>(fmt::format("{}.{}.tmp", name, ::getpid()));
}

void PendingFile::Commit() {
  if (temporary_ != nullptr && ::rename(path().c_str(), name_.c_str()) != 0) Fail(errno);
}

void PendingFile::Fail(int number) const { CannotWrite(name_, Why(number)); }

void CheckWritable(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode))
    CannotWrite(path, "it is a folder");
  std::string folder = fs::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    CannotWrite(path, fmt::format("folder {}: {}", folder, Why(errno)));
  }
}

void CheckFolder(const std::string& path) {
  fs::path there = fs::absolute(path);
  std::error_code code;
  while (!fs::exists(there, code) && there.has_relative_path()) there = there.parent_path();
  if (!fs::is_directory(there, code)) CannotWrite(path, fmt::format("{} is no folder", there.string()));
  if (::access(there.c_str(), W_OK | X_OK) != 0)
    CannotWrite(path, fmt::format("folder {}: {}", there.string(), Why(errno)));
}

void MakeFolder(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) CannotWrite(path, code.message());
  if (!fs::is_directory(path, code)) CannotWrite(path, "it is no folder");
}

}  // namespace weft
