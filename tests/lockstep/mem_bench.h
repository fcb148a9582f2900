// SPDX-License-Identifier: Apache-2.0
// What the lockstep tests of the memory group share: wide ports, random moves, memory contents.
#pragma once

#include <verilated.h>

#include <memory>
#include <type_traits>
#include <vector>

#include "model/class_log.h"
#include "model/move.h"
#include "tests/lockstep/bench.h"

namespace weft::lockstep {

// Byte i of a port of any width.
template <class Port>
uint8_t GetByte(const Port& port, int i) {
  if constexpr (std::is_integral_v<Port>) {
    return static_cast<uint8_t>(static_cast<uint64_t>(port) >> (8 * i));
  } else {
    return static_cast<uint8_t>(port[static_cast<size_t>(i / 4)] >> (8 * (i % 4)));
  }
}

template <class Port>
void SetWord(Port& port, int i, uint32_t value) {  // 32-bit word i
  if constexpr (std::is_integral_v<Port>) {
    const uint64_t mask = 0xffffffffull << (32 * i);
    port = static_cast<Port>((static_cast<uint64_t>(port) & ~mask) |
                             (static_cast<uint64_t>(value) << (32 * i)));
  } else {
    port[static_cast<size_t>(i)] = value;
  }
}

// `bytes` bytes, a multiple of 4; null: random.
template <class Port>
void SetBytes(Port& port, const uint8_t* data, int bytes, uint64_t random = 0) {
  for (int i = 0; i < bytes / 4; ++i) {
    uint32_t word = static_cast<uint32_t>(Mix(random, static_cast<uint64_t>(i)));
    if (data != nullptr) {
      word = 0;
      for (int b = 0; b < 4; ++b) word |= static_cast<uint32_t>(data[4 * i + b]) << (8 * b);
    }
    SetWord(port, i, word);
  }
}

// A verilated unit with its own random initial contents.
template <class V>
struct Unit {
  explicit Unit(uint64_t seed) {
    context.randReset(2);
    context.randSeed(static_cast<int>(seed % 0x7ffffffe) + 1);
    v = std::make_unique<V>(&context);
    v->clk_i = 0;
    v->rst_ni = 1;
  }
  ~Unit() { v->final(); }
  void Eval() { v->eval(); }
  void Clock() {
    v->clk_i = 1;
    v->eval();
    v->clk_i = 0;
    v->eval();
  }
  void Reset() {
    v->rst_ni = 0;
    v->eval();
    Clock();
    v->rst_ni = 1;
  }
  VerilatedContext context;
  std::unique_ptr<V> v;
};

inline void EncodeMove(const model::Move& m, uint32_t* words) {
  words[0] = m.mem;
  words[1] = m.glb;
  words[2] = m.run;
  words[3] = m.n1 | m.n2 << 16;
  words[4] = m.mem_stride1;
  words[5] = m.mem_stride2;
  words[6] = m.glb_stride1;
  words[7] = m.glb_stride2;
}

// A move of a few hundred bytes; sometimes of nothing, of single bytes, of more than a burst.
inline model::Move RandomMove(Random* random, uint32_t mem_range) {
  model::Move m;
  m.mem = static_cast<uint32_t>(random->Next()) % mem_range;
  m.glb = static_cast<uint32_t>(random->Next()) & 0x3ffff;
  if (random->Chance(0.3)) {  // aligned alike
    m.mem &= ~31u;
    m.glb &= ~31u;
  }
  m.run = static_cast<uint32_t>(random->Int(1, random->Chance(0.2) ? 400 : 40));
  m.n1 = static_cast<uint32_t>(random->Int(1, m.run > 40 ? 2 : 6));
  m.n2 = static_cast<uint32_t>(random->Int(1, m.run > 40 ? 2 : 4));
  if (random->Chance(0.06)) m.run = 0;
  if (random->Chance(0.03)) m.n1 = 0;
  if (random->Chance(0.03)) m.n2 = 0;
  m.mem_stride1 = static_cast<uint32_t>(random->Int(-300, 300));
  m.mem_stride2 = static_cast<uint32_t>(random->Int(-900, 900));
  m.glb_stride1 = static_cast<uint32_t>(random->Int(-300, 300)) & 0x3ffff;
  m.glb_stride2 = static_cast<uint32_t>(random->Int(-900, 900)) & 0x3ffff;
  return m;
}

// The plainest loop nest: calls byte(memory offset, GLB address) in order.
template <class F>
void PlainMove(const model::Move& m, uint32_t mem_mask, F byte) {
  for (uint32_t i2 = 0; i2 < m.n2; ++i2)
    for (uint32_t i1 = 0; i1 < m.n1; ++i1)
      for (uint32_t i = 0; i < m.run; ++i)
        byte((m.mem + i1 * m.mem_stride1 + i2 * m.mem_stride2 + i) & mem_mask,
             (m.glb + i1 * m.glb_stride1 + i2 * m.glb_stride2 + i) & 0x3ffff);
}

inline uint8_t MemoryByte(uint64_t seed, uint32_t offset) {
  return static_cast<uint8_t>(Mix(seed ^ 0x5eed, offset));
}

// Classes of the cycles 0 .. cycles-1 of a log, one event each.
inline Trace ExpandClasses(model::ClassLog* log, Cycle cycles) {
  Trace trace;
  for (Cycle c = 0; c < cycles; ++c) {
    int64_t counts[8] = {};
    log->Count(c + 1, counts);
    int64_t cls = -1;
    for (int k = 0; k < 8; ++k)
      if (counts[k] != 0) cls = k;
    trace.push_back({c, {cls}});
  }
  return trace;
}

// A few hundred extra cycles of waiting with probability p: delays of beats, requests, commands.
struct Delay {
  uint64_t seed = 0;
  double chance = 0;
  int most = 0;
  Cycle At(uint64_t index) const {
    const uint64_t h = Mix(seed, index);
    if (static_cast<double>(h >> 11) * 0x1p-53 >= chance) return 0;
    return static_cast<Cycle>(Mix(h, 1) % static_cast<uint64_t>(most + 1));
  }
};

inline Delay RandomDelay(Random* random, int most) {
  return {random->Next(), random->Chance(0.4) ? 0.0 : random->Int(0, 10) / 10.0, most};
}
inline StallPattern RandomStall(Random* random) {
  return {random->Next(), random->Chance(0.4) ? 0.0 : random->Int(0, 9) / 10.0};
}

}  // namespace weft::lockstep
