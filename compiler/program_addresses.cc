// SPDX-License-Identifier: Apache-2.0
#include "compiler/program_addresses.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model/error.h"

namespace weft {
namespace {

constexpr int64_t kAlign = 64, kPage = 4096;

int64_t AlignUp(int64_t at, int64_t to) { return (at + to - 1) / to * to; }

// A stretch of the window; what lives in it from first_step to last_step.
struct Region {
  int64_t begin, bytes;
  int first_step, last_step;
  std::string name;
};

std::vector<Region> Regions(const Program& program) {
  const int always = static_cast<int>(program.plan.steps.size());
  std::vector<Region> regions;
  regions.push_back({program.image_address, static_cast<int64_t>(program.image.size()), 0, always,
                     "the weight image"});
  for (size_t s = 0; s < program.record_address.size(); ++s) {
    if (program.record_address[s] >= 0) {
      regions.push_back({program.record_address[s], spec::kRecordWords * 8, 0, always,
                         fmt::format("the record of step {}", s)});
    }
  }
  for (size_t i = 0; i < program.segments.size(); ++i) {
    const Segment& segment = program.segments[i];
    regions.push_back({segment.address, static_cast<int64_t>(segment.words.size()) * 4, 0, always,
                       fmt::format("the commands of segment {}", i)});
  }
  for (size_t i = 0; i < program.plan.buffers.size(); ++i) {
    const Buffer& buffer = program.plan.buffers[i];
    if (buffer.constant) continue;  // within the image, checked apart
    regions.push_back({buffer.address, buffer.bytes, buffer.first_step,
                       program.options.keep_tensors ? always : buffer.last_step,
                       fmt::format("buffer {}", i)});
  }
  return regions;
}

}  // namespace

void CheckAddresses(const Program& program, const std::string& path) {
  const auto refuse = [&](const std::string& what) {
    throw Error(fmt::format("{}: {}", path, what));
  };
  std::vector<Region> regions = Regions(program);
  int64_t needed = 0;
  for (const Region& r : regions) {
    if (r.begin % kAlign != 0)
      refuse(fmt::format("{} begins at {:#x}, no multiple of 64", r.name, r.begin));
    if (r.bytes > program.window_bytes - r.begin) {
      refuse(fmt::format("{} ({} bytes at {:#x}) leaves the window of {} bytes", r.name, r.bytes,
                         r.begin, program.window_bytes));
    }
    needed += AlignUp(r.bytes, kAlign);
  }
  if (program.window_bytes > AlignUp(needed, kPage)) {
    refuse(
        fmt::format("a window of {} bytes for {} bytes of content", program.window_bytes, needed));
  }
  std::sort(regions.begin(), regions.end(),
            [](const Region& a, const Region& b) { return a.begin < b.begin; });
  for (size_t i = 0; i < regions.size(); ++i) {
    const Region& a = regions[i];
    for (size_t j = i + 1; j < regions.size() && regions[j].begin < a.begin + a.bytes; ++j) {
      const Region& b = regions[j];
      if (b.bytes > 0 && a.first_step <= b.last_step && b.first_step <= a.last_step) {
        refuse(fmt::format("{} and {} overlap at {:#x}", a.name, b.name, b.begin));
      }
    }
  }
  const int64_t image_end = program.image_address + static_cast<int64_t>(program.image.size());
  for (size_t i = 0; i < program.plan.buffers.size(); ++i) {
    const Buffer& buffer = program.plan.buffers[i];
    if (!buffer.constant) continue;
    if (buffer.address < program.image_address || buffer.bytes > image_end - buffer.address) {
      refuse(fmt::format("constant buffer {} lies outside the weight image", i));
    }
  }
}

}  // namespace weft
