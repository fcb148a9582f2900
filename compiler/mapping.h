// SPDX-License-Identifier: Apache-2.0
// How one array layer is cut: over the array (lists of rows and of units), over the spads, and
// over the GLB. docs/mapping.md tells the story; names are those of docs/microarchitecture.md.

#ifndef WEFT_COMPILER_MAPPING_H_
#define WEFT_COMPILER_MAPPING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compiler/layer.h"
#include "model/config.h"

namespace weft {

// What one array row contributes: `count` channels from `channel`, filter row r, taps s .. s+taps-1.
struct RowEntry {
  int channel, count, r, s;
};

struct Mapping {
  // array
  int segs = 1;       // segments a column is cut into
  int seg_rows = 1;   // row entries a pass can hold
  int q = 1;          // channels a token (depthwise: = p)
  int taps = 1;       // filter columns a PE holds
  int p = 1;          // sums a step and unit
  int groups = 1;     // ceil(p / lanes); 1 in depthwise modes
  int rpt = 1;        // window rows a token needs at worst
  int tap_stride = 1, filter_stride = 1;
  int steps = 1;      // positions a unit and pass
  int fgs = 1;        // filter groups side by side in a pass
  int positions = 1;  // position blocks side by side in a pass
  int last_positions = 1;  // likewise of the last filter groups, if they are fewer than fgs
  int sets = 1;       // sets of a FILTER command
  bool spread = false;  // segments of a column hold different filter groups (sets = fgs / segs)

  // GLB tile
  int tile_images = 1;               // images of a tile
  int tile_rows = 1, tile_cols = 1;  // output rows and columns of a tile
  int tile_fgs = 1;                  // filter groups of a tile
  int chunk_blocks = 1;              // row blocks (passes in depth) an ifmap chunk covers
  bool resident = false;             // filters of the tile stay in the GLB over all positions
  bool keep_ifmap = false;           // tiles of filters follow each other inside a tile of positions
  bool drain = false;                // an output buffer holds what one pass writes, not a tile
  bool ring = false;                 // ifmap rows stay until no later tile needs them; tiles go down
  // Of two layers that run tile by tile (pair.h): bytes from a pixel to the next of the tensor between
  // them, which the first one's output buffer and the second one's ifmap buffer hold. 0: a layer by itself.
  int pair_pixel = 0;
  int pair_cols = 0;  // columns of a tile of that tensor
  int parts = 1;      // array layers that its layer is computed as (split.h), of which it maps one

  // GLB addresses; buffers of one kind lie one after the other
  int64_t act_at = 0, act_bytes = 0, act_slots = 1;
  int ring_rows = 0;
  int64_t flt_at = 0, flt_bytes = 0, flt_slots = 1;
  int64_t block_bytes = 0;  // filters of a row block and batch of filter groups: flt_bytes without the parameters
  int64_t psum_at = 0, psum_bytes = 0;
  int64_t out_at = 0, out_bytes = 0, out_slots = 1;
  int64_t res_at = 0, res_slots = 0;
  int64_t glb_used = 0;

  // estimates (mapping_cost.h)
  int64_t cycles = 0;
  int64_t dram_bytes = 0;

  // derived sizes
  int total_fgs = 1;                   // ceil(filters / p)
  std::vector<RowEntry> rows;          // all row entries of the layer, in pass order
  int row_blocks() const { return (static_cast<int>(rows.size()) + seg_rows - 1) / seg_rows; }
  int param_rows_per_unit(const Config& c) const { return (p + c.post_lanes - 1) / c.post_lanes; }
  int last_fgs() const { return total_fgs % fgs; }  // 0: no fewer than the others
  int positions_of(int filter_groups) const { return filter_groups < fgs ? last_positions : positions; }
  int out_pixel_bytes() const { return (drain ? fgs : tile_fgs) * p; }
  bool paired() const { return pair_pixel > 0; }
};

// The layer with uniform strides folded away: 1x1 convolutions become one long row, 1-tap
// layers take their stride from the token spacing.
ArrayLayer Canonical(ArrayLayer layer);

// What a mapping is chosen for: cycles and a little DRAM traffic, energy, energy x cycles, or cycles alone
// (mapping_value.h).
enum class Objective : uint8_t { kCycles, kEnergy, kProduct, kLatency };

// At most `count` mappings, the best by estimate first. Up to eight of them each fill the array another way
// (with its best tile), of more some have the same: mapping_search.cc. Throws Error naming the field to enlarge
// if not even one output position of one filter fits.
std::vector<Mapping> RankMappings(const ArrayLayer& layer, const Config& config, size_t count,
                                  Objective objective = Objective::kCycles);

// The first of them.
Mapping ChooseMapping(const ArrayLayer& layer, const Config& config, Objective objective = Objective::kCycles);

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_H_
