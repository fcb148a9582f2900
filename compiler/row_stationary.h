// SPDX-License-Identifier: Apache-2.0
// The row-stationary dataflow as published (Eyeriss, JSSC 2017, section IV and table II), in closed form: what a layer
// with given mapping parameters occupies, moves and takes on a machine with spads, a GLB and an array of PEs. Words are
// those of the machine. This is the textbook scheme, not Weft's own (docs/mapping.md).
//
// A PE set of R rows x e columns computes e ofmap rows of one 2-D convolution; a PE interleaves p filters and q
// channels; the array holds r sets of different channels, whose psums are added in the array, times t sets of different
// filters, which share ifmaps. A pass is what the array computes between reading psums from the GLB and writing them
// back: n ifmaps, q*r channels, p*t filters, e ofmap rows, f ofmap columns. The GLB holds the ifmaps of a pass and
// the psums of n ifmaps and m filters.

#ifndef WEFT_COMPILER_ROW_STATIONARY_H_
#define WEFT_COMPILER_ROW_STATIONARY_H_

#include <cstdint>

#include "compiler/mapping_energy.h"

namespace weft {

struct RowStationaryMachine {
  int rows = 0, cols = 0;                             // PEs
  int filter_spad = 0, ifmap_spad = 0, psum_spad = 0;  // words of a PE
  int glb_banks = 0;             // each wholly for ifmaps or wholly for psums
  int64_t glb_bank_bytes = 0;
  int64_t filter_glb_bytes = 0;  // beside it: the filters of the next pass
  int word_bytes = 0;
  int filter_bus = 0, ifmap_bus = 0, psum_bus = 0;  // words a cycle between GLB and array; psums: each way
};

// One convolution; the ifmap is padded: (E - 1) * U + R rows, (F - 1) * U + S columns.
struct RowStationaryShape {
  int n = 1, groups = 1;
  int c = 1, m = 1;  // of one group
  int e = 1, f = 1;  // ofmap rows and columns
  int r = 1, s = 1, u = 1;

  int64_t macs() const { return int64_t{n} * groups * m * c * e * f * r * s; }  // those of padding included
};

struct RowStationaryMapping {
  int m = 1, n = 1, e = 1, f = 1, p = 1, q = 1, r = 1, t = 1;
};
bool operator==(const RowStationaryMapping& a, const RowStationaryMapping& b);

// Of a whole layer, all groups and the batch. Channels, filters, rows and columns that are left over at the ends are
// counted as they are in words, but take as long as full passes in p, q, r and t, which are static.
struct RowStationaryCounts {
  int64_t active_pes = 0;  // R * e * r * t
  int64_t passes = 0;
  int64_t glb_ifmap_bytes = 0, glb_psum_bytes = 0;  // occupied

  // Words. A psum is written and read once for every q*r channels: the first read is none, the last is the read-out.
  int64_t glb_ifmap_reads = 0, glb_psum_reads = 0, glb_psum_writes = 0;
  int64_t glb_ifmap_fills = 0, glb_filter_reads = 0, glb_filter_writes = 0;
  int64_t dram_filter = 0, dram_ifmap = 0, dram_ofmap = 0;  // padding and rows read again included

  // Of spads: those of every MAC (filter, ifmap, psum read and psum write, each `macs`) and the writes that fill them.
  int64_t macs = 0;
  int64_t filter_spad_writes = 0, ifmap_spad_writes = 0;
  // Words that arrive in a PE: filters, ifmaps, psums from the GLB and from the PE below; and psums that leave.
  int64_t array_words = 0;

  // Cycles of multiplying, n*p*q*S*f a pass; of passes that are as long as their slowest of multipliers, psum bus and
  // ifmap bus; and what a pass waits for before it multiplies: its filters, then the first S ifmap columns.
  int64_t mac_cycles = 0, pass_cycles = 0, ramp_cycles = 0;

  int64_t cycles() const { return pass_cycles + ramp_cycles; }
  // As the papers count it: ifmaps and psums to and from the array.
  int64_t glb_words() const { return glb_ifmap_reads + glb_psum_reads + glb_psum_writes; }
  int64_t dram_words() const { return dram_filter + dram_ifmap + dram_ofmap; }
};

// PE sets of R rows x e columns that the array holds; a set wider than the array is cut into segments.
int RowStationarySets(const RowStationaryMachine& machine, int set_rows, int set_cols);

bool RowStationaryFits(const RowStationaryShape& shape, const RowStationaryMapping& mapping,
                       const RowStationaryMachine& machine);

// Throws Error: the parameter or memory that the mapping exceeds, the value and the bound.
RowStationaryCounts CountRowStationary(const RowStationaryShape& shape, const RowStationaryMapping& mapping,
                                       const RowStationaryMachine& machine);

// Accesses as counts of energy. An ifmap value of zero is read from its spad; the filter's read, the MAC and the psum's
// read and write are gated.
EnergyCounts RowStationaryEnergy(const RowStationaryCounts& counts, double ifmap_zeros);

}  // namespace weft

#endif  // WEFT_COMPILER_ROW_STATIONARY_H_
