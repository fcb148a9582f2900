// SPDX-License-Identifier: Apache-2.0
// Files read whole, and written beside and renamed when whole.

#ifndef WEFT_SIM_FILE_IO_H_
#define WEFT_SIM_FILE_IO_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/interrupt.h"

namespace weft {

// Throws Error (kBadInput) if the file is absent, is no regular file or cannot be read.
std::vector<uint8_t> ReadWholeFile(const std::string& path);

// The file's name holds the old content or the whole new one, never a part. Throws Error
// (kMachine). What exists and is no regular file (/dev/null, a pipe) is written directly.
void WriteWholeFile(const std::string& path, const void* bytes, size_t count);

// A file that somebody writes under another name, path(), until Commit() gives it its own; without
// that it goes. What exists and is no regular file is written directly.
class PendingFile {
 public:
  explicit PendingFile(const std::string& name);
  const std::string& path() const { return temporary_ ? temporary_->path() : name_; }
  void Commit();                        // throws Error (kMachine)
  [[noreturn]] void Fail(int number) const;  // it cannot be written, because of an errno

 private:
  const std::string name_;
  std::unique_ptr<TemporaryFile> temporary_;
};

// Throws what WriteWholeFile would, as far as one can know before a long run: the folder exists and
// can be written.
void CheckWritable(const std::string& path);

// Whether MakeFolder and then writing into it may work: what is there of the path is a writable folder.
// Throws Error (kMachine) if not.
void CheckFolder(const std::string& path);

// Creates the folder and those above it. Throws Error (kMachine).
void MakeFolder(const std::string& path);

}  // namespace weft

#endif  // WEFT_SIM_FILE_IO_H_
