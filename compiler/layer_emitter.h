// SPDX-License-Identifier: Apache-2.0
// Writes the commands of one array layer, or of one layer of a pair, into the lists of the scheduler's engines.

#ifndef WEFT_COMPILER_LAYER_EMITTER_H_
#define WEFT_COMPILER_LAYER_EMITTER_H_

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "compiler/glb_contents.h"
#include "compiler/ifmap_buffer.h"
#include "compiler/mapping_space.h"
#include "compiler/pass_pattern.h"
#include "compiler/schedule.h"

namespace weft {

class LayerEmitter {
 public:
  // `release_when_fed`: an ifmap load may run when the passes before it are fed, else when they have ended.
  LayerEmitter(Scheduler* s, const ArrayLayer& layer, const Mapping& m, int index, bool release_when_fed)
      : s_(*s), c_(s->config_), layer_(layer), m_(m), parity_(s->layers_ % 2), index_(index),
        release_when_fed_(release_when_fed), ifmap_(m, ChunkCols(layer, m), TileChannels(layer, m)) {}

  void Emit();

  // An output tile: filter groups [fg0, fg1) of rows [y0, y1), columns [x0, x0 + tile_cols) of
  // images [n0, n1).
  struct Tile {
    int n0, n1, y0, y1, x0, fg0, fg1;
    int index;  // of tiles
  };
  std::vector<Tile> Places() const;  // tiles of positions
  void EmitPlaceBehind(const ArrayLayer& first, const Tile& place);  // of the second layer of a pair
  void EmitCfg();
  void EmitPlace(const Tile& place);  // all filters of it
  void HoldBuffers();                 // of outputs and sums, for the next layer to know

 private:
  // A row block, and where its passes stand among those that make the sums of a tile.
  struct Depth {
    int block;
    bool first, last;
    bool with_params;  // its filters bring the parameters
  };
  void EmitFilters(Tile tile, int fg);
  void EmitTile(const Tile& tile);
  IfmapTile IfmapOf(const Tile& tile, int k0, int k1) const;
  void LoadIfmap(const Tile& tile, int k0, int k1, bool last_chunk);
  void LoadPart(const IfmapBuffer::Part& part, int x0, int x1);
  void LoadResidual(const Tile& tile);
  void PushLoad(const View& view, int64_t glb, int y0, int y1, int x0, int x1, int n, int channel, int channels,
                int glb_pixel, int glb_row, int reader);
  void UseFilters(int k, int fb0, int fb1, bool with_params, int pattern);
  int ReadIfmap(size_t pos0, size_t pos1);
  void EmitPass(const Tile& tile, const Depth& depth, int fb0, int fb1, size_t pos0, size_t pos1, int64_t psum_at,
                uint32_t extra_wait, int load);
  uint32_t WaitForBuffer();
  uint32_t WaitForSums();
  void FillPositions(const Tile& tile, int fgs);
  void EmitStore(const Tile& tile, int fb0, int fb1, size_t pos0, size_t pos1);
  int UsePattern(const PassPattern& pattern);
  View Behind(const View& flat) const;
  Command Move(int opcode, const View& view, int64_t glb, int y0, int y1, int x0, int x1, int n, int channel,
               int channels, int glb_pixel, int glb_row);
  MemoryExtent ExtentOf(const View& view, int y0, int y1, int x0, int x1, int n, int channel, int channels) const;
  int64_t Address(const View& view) const {
    return s_.buffers_[static_cast<size_t>(view.buffer)].address + view.offset;
  }
  std::vector<Command>& List(Scheduler::Engine e) { return s_.lists_[e]; }
  void Push(Scheduler::Engine e, Command command) { List(e).push_back(std::move(command)); }
  int cfg_slot() const { return index_ % 2; }
  // The tensor between two layers stays in the GLB: made, used.
  bool makes_between() const { return m_.paired() && !conv(); }
  bool uses_between() const { return m_.paired() && conv(); }
  bool conv() const { return layer_.mode == LayerMode::kConv; }
  // Of output (n, y, x) in the tile's buffer.
  int64_t OutOffset(const Tile& tile, int n, int y, int x) const {
    const int64_t row = static_cast<int64_t>(n - tile.n0) * (tile.y1 - tile.y0) + y - tile.y0;
    return (row * m_.tile_cols + x - tile.x0) * out_pixel();
  }
  // A buffer of a pass by itself has no room for filter groups that are not there.
  int out_pixel() const {
    return makes_between() ? m_.pair_pixel : m_.drain ? drained_fgs_ * m_.p : m_.out_pixel_bytes();
  }
  // The output buffer in use.
  int64_t OutBuffer() const { return m_.out_at + out_used_ % m_.out_slots * m_.out_bytes; }
  int64_t ResidualBuffer(const Tile& tile) const { return m_.res_at + tile.index % m_.res_slots * m_.out_bytes; }
  // Of a pair whole tiles of positions are left out (AddPair).
  bool SliceEnds() const {
    return !m_.paired() && (tiles_ > s_.slice_.tiles || passes_ >= s_.slice_.passes);
  }
  int64_t ParamKey(int fb0) const { return static_cast<int64_t>(index_) << 40 | fb0; }
  int64_t FilterKey(int k, int fb0) const { return ParamKey(fb0) | static_cast<int64_t>(k) << 20; }

  Scheduler& s_;
  const Config& c_;
  const ArrayLayer& layer_;
  const Mapping& m_;
  const int parity_, index_;
  // Of the second layer of a pair: the first one, its tile and how many there have been.
  const ArrayLayer* first_ = nullptr;
  Tile place_{};
  int places_ = 0;
  const bool release_when_fed_;

  std::vector<PassPosition> positions_;
  int drained_fgs_ = 0;                // filter groups of a pass that writes an output buffer of its own
  IfmapBuffer ifmap_;
  GlbContents contents_;               // of ifmap and residual; loads are IL commands, readers C commands
  bool loaded_any_ = false;            // of the ifmap

  struct Stored {
    int64_t at, bytes;  // in memory
  };
  std::map<std::tuple<int, int, int>, Stored> block_at_;  // (k, fb0, params) -> the object
  std::map<std::pair<int, int>, int64_t> loaded_;          // resident objects of this tile of filters: key -> object index
  int64_t objects_ = 0;
  std::vector<int> object_release_;    // per object: C command that read it last

  int tiles_ = 0;
  int64_t passes_ = 0;
  int64_t out_used_ = 0;               // output buffers filled so far
  std::vector<int> out_store_;         // their last store commands
};

}  // namespace weft

#endif  // WEFT_COMPILER_LAYER_EMITTER_H_
