// SPDX-License-Identifier: Apache-2.0
// Dataflows of a spatial array in closed form, as in Chen, Emer, Sze, ISCA 2016: what each keeps where, how often
// the layer's values then move at each level, and the mapping that takes the least energy. Words are 16 bits.
// docs/study_dataflows.md has the mapping space of each.

#ifndef WEFT_COMPILER_DATAFLOW_H_
#define WEFT_COMPILER_DATAFLOW_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weft {

enum class Dataflow : uint8_t { kRowStationary, kWeightStationary, kOutputA, kOutputB, kOutputC, kNoLocalReuse };
constexpr std::array<Dataflow, 6> kDataflows = {Dataflow::kRowStationary, Dataflow::kWeightStationary,
                                                Dataflow::kOutputA,       Dataflow::kOutputB,
                                                Dataflow::kOutputC,       Dataflow::kNoLocalReuse};
const char* DataflowKey(Dataflow dataflow);   // "rs", "ws", "os_a", "os_b", "os_c", "nlr"
const char* DataflowName(Dataflow dataflow);  // "RS", "WS", "OSA", ...
const char* DataflowDoc(Dataflow dataflow);   // "row stationary", "output stationary, one channel, many pixels", ...

// Square planes; m and c are those of one group. The ifmap is padded: h = (e - 1) u + r. A fully connected layer
// has h = r and e = 1.
struct DataflowLayer {
  int64_t groups = 1, m = 1, c = 1, h = 1, r = 1, e = 1, u = 1;

  int64_t strips(int64_t rows) const { return (e + rows - 1) / rows; }
  int64_t window(int64_t outputs) const { return (outputs - 1) * u + r; }  // ifmap rows under so many ofmap rows
  int64_t filters() const { return m * c * r * r; }                        // words of one group
  int64_t ifmaps(int64_t batch) const { return batch * c * h * h; }
  int64_t ofmaps(int64_t batch) const { return batch * m * e * e; }
  int64_t macs(int64_t batch) const { return batch * m * c * e * e * r * r; }
};

struct DataflowHardware {
  int64_t pes = 0, glb_words = 0;
  int64_t rf_words = 0;       // of one PE
  int64_t rf_psum_words = 0;  // of these, RS uses so many for psums at most
};

// Per access of a word, in units of one multiplication.
struct AccessCosts {
  double mac = 1, rf = 1, array = 2, glb = 6, dram = 200;
};

// Sizes at a time; what a dataflow does not use is 1.
struct DataflowTile {
  int64_t n = 1, m = 1, e = 1;            // in the GLB: images, filters, rows of the ofmap
  int64_t q = 1;                          // channels that one RF keeps
  int64_t p = 1;                          // filters: in one RF (RS), across PEs (others)
  int64_t r = 1, t = 1, s = 1, w = 1;     // across PEs: channels, sets of filters, images, columns of the ofmap
  bool ifmaps_stay = false;               // OS: the GLB keeps ifmaps and filters stream past, not the reverse
};

// How the uses of a value split over the levels, on average: it is read a times from DRAM, each of those b times from
// the GLB, each of those c times over the array, each of those d times from an RF. a b c d is what the layer needs.
struct ReuseSplit {
  double values = 0;  // words of the layer
  double a = 1, b = 1, c = 1, d = 1;
  bool by_glb = true, by_array = true;  // else the value passes the level by, which takes no energy then
  double uses() const { return a * b * c * d; }
};

// In units of one multiplication.
struct LevelEnergy {
  double dram = 0, glb = 0, array = 0, rf = 0;
  double total() const { return dram + glb + array + rf; }
  LevelEnergy& operator+=(const LevelEnergy& other);
};

struct DataflowEnergy {
  double mac = 0;
  LevelEnergy ifmap, filter, psum;
  LevelEnergy levels() const;  // of all data
  double total() const { return mac + ifmap.total() + filter.total() + psum.total(); }
  DataflowEnergy& operator+=(const DataflowEnergy& other);
};

// Of a whole layer, all groups.
struct DataflowMapping {
  DataflowTile tile;
  double macs = 0, cycles = 0;  // cycles: of the array, if data are always there in time
  ReuseSplit ifmap, filter, psum;

  double active_pes() const { return macs / cycles; }
  double dram_words() const { return ifmap.values * ifmap.a + filter.values * filter.a + psum.values; }
};

// Input values that an RF gives once pass the RF by (footnote 1 of the paper).
DataflowEnergy EnergyOf(const DataflowMapping& mapping, const AccessCosts& costs);

// None if the tile does not fit the hardware. The tile is 1 or more in every size and no larger than the layer.
std::optional<DataflowMapping> MapTile(Dataflow dataflow, const DataflowLayer& layer, int64_t batch,
                                       const DataflowHardware& hardware, const DataflowTile& tile);

// The mapping of least energy, of those the one with fewest cycles; none if no tile fits. `ifmaps_stay`: for OS also
// tiles with that, which the paper's mapping space does not have.
std::optional<DataflowMapping> BestMapping(Dataflow dataflow, const DataflowLayer& layer, int64_t batch,
                                           const DataflowHardware& hardware, const AccessCosts& costs,
                                           bool ifmaps_stay = false);

}  // namespace weft

#endif  // WEFT_COMPILER_DATAFLOW_H_
