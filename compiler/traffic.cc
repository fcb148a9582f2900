// SPDX-License-Identifier: Apache-2.0
#include "compiler/traffic.h"

#include <string>

#include "compiler/command_view.h"
#include "model/error.h"

namespace weft {
namespace {

// Of one command; beats if they are read.
int64_t MovedBytes(const CommandView& move, bool read, int64_t beat) {
  const int64_t run = move.Get(spec::kMoveRun), n1 = move.Get(spec::kMoveN1), n2 = move.Get(spec::kMoveN2);
  if (!read) return run * n1 * n2;
  int64_t bytes = 0;
  for (int64_t i2 = 0; i2 < n2; ++i2)
    for (int64_t i1 = 0; i1 < n1; ++i1) {
      const int64_t begin = move.Get(spec::kMoveMem) + i1 * move.Get(spec::kMoveMemStride1) +
                            i2 * move.Get(spec::kMoveMemStride2);
      bytes += ((begin + run + beat - 1) / beat - begin / beat) * beat;
    }
  return bytes;
}

}  // namespace

int64_t DramBytes(const std::vector<uint32_t>& words, const Config& config) {
  int64_t bytes = static_cast<int64_t>(words.size()) * 4;
  CommandView view;
  std::string problem;
  CommandReader reader(words, config);
  while (!reader.done()) {
    if (!reader.Next(&view, &problem)) throw Error("internal: " + problem);
    switch (view.kind->opcode) {
      case spec::kOpLoadF:
      case spec::kOpLoadI:
        bytes += MovedBytes(view, true, config.mem_bytes);
        break;
      case spec::kOpStore:
        bytes += MovedBytes(view, false, config.mem_bytes);
        break;
      case spec::kOpEndLayer:
        bytes += spec::kRecordWords * 8;
        break;
      default:
        break;
    }
  }
  return bytes;
}

}  // namespace weft
