// SPDX-License-Identifier: Apache-2.0
#include "compiler/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace weft {
namespace {

constexpr int64_t kAlign = 64;

int64_t Align(int64_t at) { return (at + kAlign - 1) / kAlign * kAlign; }

}  // namespace

int64_t PlanMemory(std::vector<Buffer>* buffers) {
  std::vector<size_t> order(buffers->size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return (*buffers)[a].bytes > (*buffers)[b].bytes; });
  int64_t used = 0;
  std::vector<const Buffer*> placed;
  for (size_t index : order) {
    Buffer& buffer = (*buffers)[index];
    if (buffer.constant) continue;
    std::vector<const Buffer*> live;
    for (const Buffer* other : placed)
      if (other->first_step <= buffer.last_step && buffer.first_step <= other->last_step) live.push_back(other);
    std::sort(live.begin(), live.end(), [](const Buffer* a, const Buffer* b) { return a->address < b->address; });
    int64_t at = 0;
    for (const Buffer* other : live) {
      if (at + buffer.bytes <= other->address) break;
      at = std::max(at, Align(other->address + other->bytes));
    }
    buffer.address = at;
    used = std::max(used, Align(at + buffer.bytes));
    placed.push_back(&buffer);
  }
  return used;
}

}  // namespace weft
