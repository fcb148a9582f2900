// SPDX-License-Identifier: Apache-2.0
#include "sim/trace_json.h"

#include <fmt/format.h>

#include <cerrno>
#include <nlohmann/json.hpp>

namespace weft {
namespace {

std::string Microseconds(int64_t nanoseconds) {
  return fmt::format("{}.{:03}", nanoseconds / 1000, nanoseconds % 1000);
}

}  // namespace

std::string JsonString(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

TraceJson::TraceJson(const std::string& path, int clock_mhz, const std::string& process,
                     const std::string& other_data)
    : clock_mhz_(clock_mhz),
      pending_(path),
      file_(std::fopen(pending_.path().c_str(), "wb"), std::fclose) {
  if (file_ == nullptr) pending_.Fail(errno);
  Write(fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{},\"traceEvents\":[\n"
                    "{{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{{\"name\":{}}}}}",
                    other_data, JsonString(process)));
}

void TraceJson::NameTrack(int track, const std::string& name) {
  Write(fmt::format(",\n{{\"ph\":\"M\",\"pid\":1,\"tid\":{},\"name\":\"thread_name\",\"args\":"
                    "{{\"name\":{}}}}},\n{{\"ph\":\"M\",\"pid\":1,\"tid\":{},"
                    "\"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{}}}}}",
                    track, JsonString(name), track, track));
}

void TraceJson::Slice(int track, const std::string& name, int64_t begin, int64_t end,
                      const std::string& args) {
  const int64_t from = Nanoseconds(begin);
  Write(fmt::format(",\n{{\"ph\":\"X\",\"pid\":1,\"tid\":{},\"ts\":{},\"dur\":{},\"name\":\"{}\","
                    "\"args\":{{{}}}}}",
                    track, Microseconds(from), Microseconds(Nanoseconds(end) - from), name, args));
}

void TraceJson::Counter(const std::string& name, const std::string& unit, int64_t cycle,
                        uint64_t value) {
  Write(fmt::format(",\n{{\"ph\":\"C\",\"pid\":1,\"ts\":{},\"name\":\"{}\",\"args\":{{\"{}\":{}}}}}",
                    Microseconds(Nanoseconds(cycle)), name, unit, value));
}

void TraceJson::Close() {
  Write("\n]}\n");
  if (std::fclose(file_.release()) != 0) pending_.Fail(errno);
  pending_.Commit();
}

void TraceJson::Write(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) pending_.Fail(errno);
}

int64_t TraceJson::Nanoseconds(int64_t cycle) const {
  return (cycle * 1000 + clock_mhz_ / 2) / clock_mhz_;
}

}  // namespace weft
