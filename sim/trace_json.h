// SPDX-License-Identifier: Apache-2.0
// A file of Chrome trace events, which Perfetto and chrome://tracing open: tracks of slices, and
// counters. Written as it comes, under another name until it is whole. Times are cycles; in the file
// they are microseconds at the given clock, to the nanosecond, so that slices that touch still touch.

#ifndef WEFT_SIM_TRACE_JSON_H_
#define WEFT_SIM_TRACE_JSON_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "sim/file_io.h"

namespace weft {

class TraceJson {
 public:
  // process: what the tracks belong to; other_data: a JSON object with what is to be known.
  TraceJson(const std::string& path, int clock_mhz, const std::string& process,
            const std::string& other_data);

  // A track's number is also its place from above. Named before its first slice.
  void NameTrack(int track, const std::string& name);
  // Cycles begin .. end - 1. args: members of a JSON object, without braces. name: no quotes in it.
  void Slice(int track, const std::string& name, int64_t begin, int64_t end,
             const std::string& args);
  void Counter(const std::string& name, const std::string& unit, int64_t cycle, uint64_t value);
  // The last call; the file has its name then. Throws Error (kMachine).
  void Close();

 private:
  void Write(const std::string& text);
  int64_t Nanoseconds(int64_t cycle) const;

  const int clock_mhz_;
  PendingFile pending_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

// A text as JSON, with quotes.
std::string JsonString(const std::string& text);

}  // namespace weft

#endif  // WEFT_SIM_TRACE_JSON_H_
