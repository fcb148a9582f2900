// SPDX-License-Identifier: Apache-2.0
#include "compiler/row_stationary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/ceil_div.h"
#include "model/error.h"

namespace weft {
namespace {

struct Limit {
  const char* what;
  int64_t value, most;
};

int64_t IfmapBytes(const RowStationaryShape& s, const RowStationaryMapping& m, const RowStationaryMachine& machine) {
  const int64_t rows = int64_t{m.e - 1} * s.u + s.r, cols = int64_t{m.f - 1} * s.u + s.s;
  return machine.word_bytes * rows * cols * m.n * m.q * m.r;
}

int64_t PsumBytes(const RowStationaryMapping& m, const RowStationaryMachine& machine) {
  return int64_t{machine.word_bytes} * m.n * m.m * m.e * m.f;
}

int64_t PassFilters(const RowStationaryShape& s, const RowStationaryMapping& m) {
  return int64_t{m.p} * m.t * m.q * m.r * s.r * s.s;
}

std::array<Limit, 13> Limits(const RowStationaryShape& s, const RowStationaryMapping& m,
                             const RowStationaryMachine& machine) {
  const int64_t banks = CeilDivLong(IfmapBytes(s, m, machine), machine.glb_bank_bytes) +
                        CeilDivLong(PsumBytes(m, machine), machine.glb_bank_bytes);
  return {{{"n (ifmaps of a pass)", m.n, s.n},
           {"e (ofmap rows of a pass)", m.e, s.e},
           {"f (ofmap columns of a pass)", m.f, s.f},
           {"m (filters whose psums the GLB holds)", m.m, s.m},
           {"p*t (filters of a pass)", int64_t{m.p} * m.t, m.m},
           {"q*r (channels of a pass)", int64_t{m.q} * m.r, s.c},
           {"p*q*S (words of the filter spad)", int64_t{m.p} * m.q * s.s, machine.filter_spad},
           {"q*S (words of the ifmap spad)", int64_t{m.q} * s.s, machine.ifmap_spad},
           {"p (words of the psum spad)", m.p, machine.psum_spad},
           {"R (rows of the array)", s.r, machine.rows},
           {"r*t (PE sets in the array)", int64_t{m.r} * m.t, RowStationarySets(machine, s.r, m.e)},
           {"GLB banks of ifmaps and psums", banks, machine.glb_banks},
           {"GLB bytes of a pass's filters", machine.word_bytes * PassFilters(s, m), machine.filter_glb_bytes}}};
}

int Lowest(const RowStationaryMapping& m) { return std::min({m.m, m.n, m.e, m.f, m.p, m.q, m.r, m.t}); }

void Check(const RowStationaryShape& s, const RowStationaryMapping& m, const RowStationaryMachine& machine) {
  if (Lowest(m) < 1)
    throw Error("row-stationary mapping: every parameter is at least 1");
  for (const Limit& limit : Limits(s, m, machine))
    if (limit.value > limit.most)
      throw Error(fmt::format("row-stationary mapping: {}: {}; at most {}", limit.what, limit.value, limit.most));
}

// Tiles of `whole` ofmap rows or columns: full ones and a last one, all with as many ifmap lines as they need.
struct Tiles {
  Tiles(int whole, int tile, int kernel, int stride) : count(CeilDivLong(whole, tile)) {
    const int last = static_cast<int>(whole - (count - 1) * tile);
    kinds = {{{count - 1, tile, int64_t{tile - 1} * stride + kernel}, {1, last, int64_t{last - 1} * stride + kernel}}};
  }
  int64_t lines() const { return kinds[0].count * kinds[0].lines + kinds[1].lines; }

  struct Kind {
    int64_t count, size, lines;
  };
  int64_t count;
  std::array<Kind, 2> kinds;
};

}  // namespace

bool operator==(const RowStationaryMapping& a, const RowStationaryMapping& b) {
  const auto all = [](const RowStationaryMapping& m) {
    return std::array<int, 8>{m.m, m.n, m.e, m.f, m.p, m.q, m.r, m.t};
  };
  return all(a) == all(b);
}

int RowStationarySets(const RowStationaryMachine& machine, int set_rows, int set_cols) {
  const int strips = machine.rows / set_rows;
  if (set_cols <= machine.cols) return strips * (machine.cols / set_cols);
  return strips / static_cast<int>(CeilDivLong(set_cols, machine.cols));
}

bool RowStationaryFits(const RowStationaryShape& shape, const RowStationaryMapping& mapping,
                       const RowStationaryMachine& machine) {
  if (Lowest(mapping) < 1) return false;
  const auto limits = Limits(shape, mapping, machine);
  return std::all_of(limits.begin(), limits.end(), [](const Limit& l) { return l.value <= l.most; });
}

RowStationaryCounts CountRowStationary(const RowStationaryShape& s, const RowStationaryMapping& m,
                                       const RowStationaryMachine& machine) {
  Check(s, m, machine);
  const Tiles rows(s.e, m.e, s.r, s.u), cols(s.f, m.f, s.s, s.u);
  const int64_t batches = CeilDivLong(s.n, m.n), channel_groups = CeilDivLong(s.c, m.q * m.r);
  const int64_t filter_groups = CeilDivLong(s.m, m.p * m.t), resident_groups = CeilDivLong(s.m, m.m);
  const int64_t tile_passes = s.groups * batches * channel_groups * filter_groups;
  const int64_t ifmap = int64_t{s.groups} * s.n * s.c * rows.lines() * cols.lines();
  const int64_t filters = int64_t{s.groups} * s.m * s.c * s.r * s.s;

  RowStationaryCounts c;
  c.active_pes = int64_t{s.r} * m.e * m.r * m.t;
  c.passes = tile_passes * rows.count * cols.count;
  c.glb_ifmap_bytes = IfmapBytes(s, m, machine);
  c.glb_psum_bytes = PsumBytes(m, machine);
  c.dram_filter = filters * batches * rows.count * cols.count;
  c.dram_ifmap = ifmap * resident_groups;
  c.dram_ofmap = int64_t{s.n} * s.groups * s.m * s.e * s.f;
  c.glb_ifmap_reads = ifmap * filter_groups;
  c.glb_psum_reads = c.glb_psum_writes = c.dram_ofmap * channel_groups;
  c.glb_ifmap_fills = c.dram_ifmap;
  c.glb_filter_reads = c.glb_filter_writes = c.dram_filter;
  c.macs = s.macs();
  c.filter_spad_writes = filters * batches * cols.count * s.e;
  c.ifmap_spad_writes = int64_t{s.groups} * s.n * s.c * CeilDivLong(s.m, m.p) * cols.lines() * s.r * s.e;
  c.array_words = c.filter_spad_writes + c.ifmap_spad_writes + c.glb_psum_reads * (int64_t{s.r} * m.r + 1);
  for (const Tiles::Kind& row : rows.kinds) {
    for (const Tiles::Kind& col : cols.kinds) {
      const int64_t passes = tile_passes * row.count * col.count;
      const int64_t mac = int64_t{m.n} * m.p * m.q * s.s * col.size;
      const int64_t psum = CeilDivLong(int64_t{m.n} * m.p * m.t * row.size * col.size, machine.psum_bus);
      const int64_t in = CeilDivLong(int64_t{m.n} * m.q * m.r * row.lines * col.lines, machine.ifmap_bus);
      c.mac_cycles += passes * mac;
      c.pass_cycles += passes * std::max({mac, psum, in});
      c.ramp_cycles += passes * (CeilDivLong(PassFilters(s, m), machine.filter_bus) +
                                 CeilDivLong(int64_t{m.q} * m.r * row.lines * s.s, machine.ifmap_bus));
    }
  }
  return c;
}

EnergyCounts RowStationaryEnergy(const RowStationaryCounts& c, double ifmap_zeros) {
  EnergyCounts counts;
  counts.macs = static_cast<double>(c.macs) * (1 - ifmap_zeros);
  counts.spad = static_cast<double>(c.macs + c.filter_spad_writes + c.ifmap_spad_writes) + 3 * counts.macs;
  counts.array = static_cast<double>(c.array_words);
  counts.glb = static_cast<double>(c.glb_words() + c.glb_ifmap_fills + c.glb_filter_reads + c.glb_filter_writes);
  counts.dram = static_cast<double>(c.dram_words());
  return counts;
}

}  // namespace weft
