// SPDX-License-Identifier: Apache-2.0
// What every lockstep test shares: stall patterns that bench and twin both ask, and traces
// of port events that must be equal, cycle and value, with no tolerance.
#pragma once

#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "model/time.h"

namespace weft::lockstep {

// SplitMix64: one well-mixed word per (seed, index). The only source of randomness in the tests.
inline uint64_t Mix(uint64_t seed, uint64_t index) {
  uint64_t z = seed + 0x9E3779B97F4A7C15ull * (index + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit Random(uint64_t seed) : seed_(seed) {}
  uint64_t Next() { return Mix(seed_, index_++); }
  int Int(int lo, int hi) { return lo + static_cast<int>(Next() % static_cast<uint64_t>(hi - lo + 1)); }
  bool Chance(double p) { return static_cast<double>(Next() >> 11) * 0x1p-53 < p; }

 private:
  uint64_t seed_, index_ = 0;
};

// A port that is open in a cycle or not, whatever anybody does: ready of a stalling sink, or
// the permission of a stalling source to raise valid. A run of closed cycles is at most 64 long.
struct StallPattern {
  uint64_t seed = 0;
  double closed = 0.0;  // fraction of closed cycles
  bool Open(Cycle c) const {
    if (c % 64 == 63) return true;
    return static_cast<double>(Mix(seed, static_cast<uint64_t>(c)) >> 11) * 0x1p-53 >= closed;
  }
  Cycle NextOpen(Cycle c) const {
    while (!Open(c)) ++c;
    return c;
  }
};

// One event at one port: the cycle in which it fired and the values that moved, as text-free words.
struct PortEvent {
  Cycle cycle;
  std::vector<int64_t> values;
  bool operator==(const PortEvent& o) const { return cycle == o.cycle && values == o.values; }
};
using Trace = std::vector<PortEvent>;

// Empty when equal; else the first difference with what led there.
inline std::string Difference(const std::string& port, uint64_t seed, const Trace& twin, const Trace& rtl) {
  const size_t n = std::max(twin.size(), rtl.size());
  auto print = [](std::ostringstream& out, const Trace& t, size_t k) {
    if (k >= t.size()) {
      out << "nothing";
      return;
    }
    out << "cycle " << t[k].cycle << " (";
    for (size_t i = 0; i < t[k].values.size(); ++i) out << (i ? " " : "") << t[k].values[i];
    out << ")";
  };
  for (size_t k = 0; k < n; ++k) {
    if (k < twin.size() && k < rtl.size() && twin[k] == rtl[k]) continue;
    std::ostringstream out;
    out << "seed " << seed << " port " << port << " event " << k << ": twin ";
    print(out, twin, k);
    out << ", rtl ";
    print(out, rtl, k);
    for (size_t b = k > 4 ? k - 4 : 0; b < k; ++b) {
      out << "\n  before: ";
      print(out, twin, b);
    }
    return out.str();
  }
  return "";
}

}  // namespace weft::lockstep
