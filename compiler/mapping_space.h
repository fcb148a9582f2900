// SPDX-License-Identifier: Apache-2.0
// The space that the mapper searches (docs/mapping.md): ways of filling the array, and tiles of the
// GLB for each of them.

#ifndef WEFT_COMPILER_MAPPING_SPACE_H_
#define WEFT_COMPILER_MAPPING_SPACE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "compiler/ceil_div.h"
#include "compiler/mapping.h"

namespace weft {

// The row entries of a layer for one choice of q and taps, shared by all ways that use it.
using RowTable = std::shared_ptr<const std::vector<RowEntry>>;

// A way of filling the array: of `array` the first part but for steps, and positions as the most
// that a pass can hold; its rows are in the table.
struct ArrayWay {
  Mapping array;
  RowTable table;
  int blocks() const {
    return (static_cast<int>(table->size()) + array.seg_rows - 1) / array.seg_rows;
  }
};

// Every way that obeys the limits of docs/microarchitecture.md section 3.2 and of the fields of PASS.
std::vector<ArrayWay> ArrayWays(const ArrayLayer& layer, const Config& config);

// Most steps of a pass for this way: the stream table's column counts, and left padding that a PE
// must be able to sit out.
int MostSteps(const ArrayLayer& layer, const Config& config, const ArrayWay& way);

// Calls visit for every tile of the way, with tile sizes, steps, positions and loop order set. GLB
// addresses are not set yet.
void ForEachTile(const ArrayLayer& layer, const Config& config, const ArrayWay& way,
                 const std::function<void(const Mapping&)>& visit);

// Into how many blocks the rows of a tile (images, rows, columns set) may be cut: few choices, the one that fills
// the passes' positions best first.
std::vector<int> BlockChoices(const ArrayWay& way, const Mapping& m, int most_steps);

// Sizes that cut n into equal parts, the largest first; down to `least`.
std::vector<int> Cuts(int n, int least);

// Sets the bytes of a filter block, which depend on the way only.
void SizeFilters(const Config& config, Mapping* m);

// Sets sizes and addresses of the GLB's buffers; false if they do not fit.
bool PlaceInGlb(const ArrayLayer& layer, const Config& config, const ArrayWay& way, Mapping* m);

// ---- geometry that cost and schedule share ----
inline int64_t RoundUp(int64_t a, int64_t b) { return (a + b - 1) / b * b; }
int ColumnStride(const ArrayLayer& layer, int taps);              // ifmap columns a step moves on
int ColumnsNeeded(const ArrayLayer& layer, int taps, int steps);  // of a stream, for so many steps
int ChunkRows(const ArrayLayer& layer, const Mapping& m);         // ifmap rows of a tile
int RowStep(const ArrayLayer& layer, const Mapping& m);    // ifmap rows from a tile to the one below
int ChunkCols(const ArrayLayer& layer, const Mapping& m);
int TileChannels(const ArrayLayer& layer, const Mapping& m);  // of all chunks
int ChunkChannels(const ArrayLayer& layer, const ArrayWay& way, const Mapping& m);  // at most
// Tiles of the layer: of positions (images, rows, columns) and of filter groups.
int64_t PositionTiles(const ArrayLayer& layer, const Mapping& m);
int FilterTiles(const Mapping& m);
// Position blocks of a tile, of m.steps each.
int64_t TileBlocks(const Mapping& m);
// Most position blocks in a pass of the last filter groups, if these are fewer (conv): they do not use more units
// than those before.
int LastPositions(const ArrayLayer& layer, const Config& c, const Mapping& m);

}  // namespace weft

#endif  // WEFT_COMPILER_MAPPING_SPACE_H_
