// SPDX-License-Identifier: Apache-2.0
#include "compiler/row_stationary_search.h"

#include <algorithm>
#include <vector>

#include "compiler/ceil_div.h"
#include "model/error.h"

namespace weft {
namespace {

constexpr int kMostParts = 8;

// The largest m that the GLB holds beside the ifmaps: whole p*t, or all filters; 0: none.
int LargestM(const RowStationaryShape& s, const RowStationaryMapping& m, const RowStationaryMachine& machine) {
  const int64_t rows = int64_t{m.e - 1} * s.u + s.r, cols = int64_t{m.f - 1} * s.u + s.s;
  const int64_t ifmap = machine.word_bytes * rows * cols * m.n * m.q * m.r;
  const int64_t banks = machine.glb_banks - (ifmap + machine.glb_bank_bytes - 1) / machine.glb_bank_bytes;
  if (banks < 1) return 0;
  const int64_t most = banks * machine.glb_bank_bytes / (int64_t{machine.word_bytes} * m.n * m.e * m.f);
  if (most >= s.m) return s.m;
  return static_cast<int>(most - most % (m.p * m.t));
}

// How the layer lies on the array: n, e, f, r, t.
std::vector<RowStationaryMapping> Layouts(const RowStationaryShape& s, const RowStationaryMachine& machine) {
  std::vector<RowStationaryMapping> layouts;
  for (int n = 1; n <= s.n; ++n) {
    if (s.n % n != 0) continue;
    for (int e = 1; e <= s.e; ++e) {
      const int sets = RowStationarySets(machine, s.r, e);
      for (int parts = 1; parts <= std::min(kMostParts, s.f); ++parts)
        for (int r = 1; r <= std::min(sets, s.c); ++r)
          for (int t = 1; t <= sets / r; ++t) layouts.push_back({1, n, e, CeilDiv(s.f, parts), 1, 1, r, t});
    }
  }
  return layouts;
}

}  // namespace

RowStationaryMapping SearchRowStationary(const RowStationaryShape& s, const RowStationaryMachine& machine,
                                         const RowStationaryObjective& objective) {
  RowStationaryMapping best;
  RowStationaryScore best_score;
  for (RowStationaryMapping mapping : Layouts(s, machine)) {
    const int most_q = std::min(machine.ifmap_spad / s.s, s.c / mapping.r);
    for (mapping.q = 1; mapping.q <= most_q; ++mapping.q) {
      const int most_p =
          std::min({machine.psum_spad, machine.filter_spad / (mapping.q * s.s), s.m / mapping.t});
      for (mapping.p = 1; mapping.p <= most_p; ++mapping.p) {
        mapping.m = LargestM(s, mapping, machine);
        if (!RowStationaryFits(s, mapping, machine)) continue;
        const RowStationaryScore score = objective(CountRowStationary(s, mapping, machine));
        if (!score || (best_score && *score >= *best_score)) continue;
        best = mapping;
        best_score = score;
      }
    }
  }
  if (!best_score) throw Error("row-stationary mapping: none fits the machine and the objective");
  return best;
}

}  // namespace weft
