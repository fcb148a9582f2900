// SPDX-License-Identifier: Apache-2.0
#include "compiler/layer_emitter.h"

#include <algorithm>

#include "compiler/pack.h"

namespace weft {
namespace {

// Bytes of ifmap that are worth a command of their own.
constexpr int64_t kLeastPiece = 1024;
constexpr int64_t kGlbMask = (int64_t{1} << 18) - 1;

}  // namespace

Command LayerEmitter::Move(int opcode, const View& view, int64_t glb, int y0, int y1, int x0, int x1, int n, int channel,
                           int channels, int glb_pixel, int glb_row) {
  // Longest runs first: whole planes, rows, pixels.
  int64_t run = channels, n1 = x1 - x0, n2 = y1 - y0;
  int64_t mem1 = view.w_stride, mem2 = view.h_stride, glb1 = glb_pixel, glb2 = glb_row;
  if (mem1 == run && glb1 == run) {
    run *= n1;
    n1 = n2;
    mem1 = mem2;
    glb1 = glb2;
    n2 = 1;
    if (mem1 == run && glb1 == run) {
      run *= n1;
      n1 = 1;
    }
  }
  Command command(opcode, spec::kLoadIOperandWords, parity_);
  const int64_t mem = Address(view) + n * view.n_stride + y0 * view.h_stride + x0 * view.w_stride + channel;
  command.Set(spec::kMoveMem, mem).Set(spec::kMoveGlb, glb).Set(spec::kMoveRun, run);
  command.Set(spec::kMoveN1, n1).Set(spec::kMoveN2, n2);
  command.Set(spec::kMoveMemStride1, n1 > 1 ? mem1 : 0).Set(spec::kMoveMemStride2, n2 > 1 ? mem2 : 0);
  command.Set(spec::kMoveGlbStride1, n1 > 1 ? glb1 : 0).Set(spec::kMoveGlbStride2, n2 > 1 ? glb2 : 0);
  return command;
}

MemoryExtent LayerEmitter::ExtentOf(const View& view, int y0, int y1, int x0, int x1, int n, int channel,
                                    int channels) const {
  const int64_t begin = Address(view) + n * view.n_stride + y0 * view.h_stride + x0 * view.w_stride + channel;
  const int64_t last = begin + (y1 - 1 - y0) * view.h_stride + (x1 - 1 - x0) * view.w_stride;
  // Rows that are no whole pixels apart are taken as one large one.
  if (view.w_stride > 0 && view.h_stride % view.w_stride == 0) return {begin, last, view.w_stride, channels};
  return {begin, begin, last + channels - begin, last + channels - begin};
}

void LayerEmitter::EmitCfg() {
  Command cfg(spec::kOpCfg, spec::kCfgOperandWords, parity_);
  cfg.Set(spec::kCfgActZp, layer_.act_zp).Set(spec::kCfgActUnsigned, layer_.in.is_unsigned);
  cfg.Set(spec::kCfgSingleRounding, layer_.rounding == Rounding::kSingle).Set(spec::kCfgSlot, cfg_slot());
  cfg.Set(spec::kCfgOutZp, layer_.out_zp).Set(spec::kCfgLo, layer_.lo).Set(spec::kCfgHi, layer_.hi);
  if (layer_.has_residual) {
    const AddParams& a = layer_.add;
    cfg.Set(spec::kCfgResUnsigned, layer_.residual.is_unsigned);
    cfg.Set(spec::kCfgAddZ1, a.input_zero_point[0]).Set(spec::kCfgAddZ2, a.input_zero_point[1]);
    cfg.Set(spec::kCfgAddM1, a.input[0].m0).Set(spec::kCfgAddE1, a.input[0].exponent);
    cfg.Set(spec::kCfgAddM2, a.input[1].m0).Set(spec::kCfgAddE2, a.input[1].exponent);
    cfg.Set(spec::kCfgAddM3, a.output.m0).Set(spec::kCfgAddE3, a.output.exponent);
    cfg.Set(spec::kCfgAddZp, a.output_zero_point).Set(spec::kCfgAddLo, a.qmin).Set(spec::kCfgAddHi, a.qmax);
  }
  Push(Scheduler::kC, std::move(cfg));
}

IfmapTile LayerEmitter::IfmapOf(const Tile& tile, int k0, int k1) const {
  const auto clamp = [](int v, int hi) { return std::max(0, std::min(v, hi)); };
  const int rows = (layer_.kernel_h - 1) * layer_.dilation_h + 1, cols = (layer_.kernel_w - 1) * layer_.dilation_w + 1;
  IfmapTile part;
  part.n0 = tile.n0;
  part.n1 = tile.n1;
  part.y0 = clamp(tile.y0 * layer_.stride_h - layer_.pad_top, layer_.in.h);
  part.y1 = std::max(part.y0, clamp((tile.y1 - 1) * layer_.stride_h - layer_.pad_top + rows, layer_.in.h));
  part.x0 = clamp(tile.x0 * layer_.stride_w - layer_.pad_left, layer_.in.w);
  part.x1 = std::max(part.x0, clamp((tile.x0 + m_.tile_cols - 1) * layer_.stride_w - layer_.pad_left + cols, layer_.in.w));
  if (uses_between()) {
    part.channel0 = 0;
    part.channel1 = m_.pair_pixel;
  } else if (conv()) {
    const RowEntry& first = m_.rows[static_cast<size_t>(k0) * m_.seg_rows];
    const size_t end = std::min(m_.rows.size(), static_cast<size_t>(k1) * m_.seg_rows);
    part.channel0 = first.channel;
    part.channel1 = m_.rows[end - 1].channel + m_.rows[end - 1].count;
  } else {
    part.channel0 = tile.fg0 * m_.p;
    part.channel1 = std::min(layer_.channels(), tile.fg1 * m_.p);
  }
  return part;
}

// A load of IL that may run once C command `reader` needs no more what it takes the place of.
void LayerEmitter::PushLoad(const View& view, int64_t glb, int y0, int y1, int x0, int x1, int n, int channel,
                            int channels, int glb_pixel, int glb_row, int reader) {
  const int64_t bytes = static_cast<int64_t>(y1 - 1 - y0) * glb_row + static_cast<int64_t>(x1 - x0) * glb_pixel;
  const MemoryExtent from = ExtentOf(view, y0, y1, x0, x1, n, channel, channels);
  Command load = Move(spec::kOpLoadI, view, glb, y0, y1, x0, x1, n, channel, channels, glb_pixel, glb_row);
  load.wait = s_.WaitToLoad(Scheduler::kIl, glb, bytes, &from, reader, release_when_fed_);
  Push(Scheduler::kIl, std::move(load));
}

// One IL command: columns [x0, x1) of the part. A row of the buffer is what passes are seen to read.
void LayerEmitter::LoadPart(const IfmapBuffer::Part& part, int x0, int x1) {
  const IfmapTile& held = ifmap_.tile();
  const int64_t glb = part.glb + static_cast<int64_t>(x0 - held.x0) * held.channels();
  const int64_t row_bytes = static_cast<int64_t>(x1 - x0) * held.channels();
  const int load = static_cast<int>(List(Scheduler::kIl).size());
  int reader = GlbContents::kNone;
  for (int y = part.y0; y < part.y1; ++y) {
    const int64_t row = glb + static_cast<int64_t>(y - part.y0) * ifmap_.row_bytes();
    reader = std::max(reader, contents_.Load(row, row + row_bytes, load));
  }
  PushLoad(layer_.in, glb, part.y0, part.y1, x0, x1, part.n, held.channel0, held.channels(), held.channels(),
           ifmap_.row_bytes(), reader);
}

void LayerEmitter::LoadIfmap(const Tile& tile, int k0, int k1, bool last_chunk) {
  const std::vector<IfmapBuffer::Part> parts = ifmap_.Use(IfmapOf(tile, k0, k1));
  const IfmapTile& held = ifmap_.tile();
  // In pieces, so that the first pass can begin when its own rows are there, and rows can come in the place of others
  // while passes still read those behind them.
  const bool spare = m_.ring ? m_.ring_rows > ChunkRows(layer_, m_) : m_.act_slots > 1;
  const bool in_pieces = !loaded_any_ || !spare;
  const bool by_columns = parts.size() == 1 && parts[0].y1 - parts[0].y0 == 1;
  int64_t bytes = 0;
  for (const IfmapBuffer::Part& part : parts)
    bytes += static_cast<int64_t>(part.y1 - part.y0) * held.cols() * held.channels();
  const int passes = CeilDiv(static_cast<int64_t>(positions_.size()), m_.positions);
  const int64_t piece = std::max<int64_t>(in_pieces ? kLeastPiece : 1, CeilDiv(bytes, in_pieces ? 2 * passes : 1));
  for (const IfmapBuffer::Part& part : parts) {
    if (uses_between()) break;  // it is there
    if (by_columns) {
      const int step = CeilDiv(held.cols(), CeilDiv(bytes, piece));
      for (int x = held.x0; x < held.x1; x += step) LoadPart(part, x, std::min(held.x1, x + step));
      continue;
    }
    const int step = static_cast<int>(std::max<int64_t>(1, piece / (static_cast<int64_t>(held.cols()) * held.channels())));
    for (int y = part.y0; y < part.y1; y += step) {
      IfmapBuffer::Part rows = part;
      rows.y0 = y;
      rows.y1 = std::min(part.y1, y + step);
      rows.glb += static_cast<int64_t>(y - part.y0) * ifmap_.row_bytes();
      LoadPart(rows, held.x0, held.x1);
    }
  }
  if (layer_.has_residual && last_chunk) LoadResidual(tile);
  loaded_any_ = true;
}

// The C command that comes next reads the ifmap of these positions: the IL command that it must wait for.
int LayerEmitter::ReadIfmap(size_t pos0, size_t pos1) {
  const IfmapTile& held = ifmap_.tile();
  const int reader = static_cast<int>(List(Scheduler::kC).size());
  const int rows = (layer_.kernel_h - 1) * layer_.dilation_h + 1;
  const int cols = (m_.steps - 1) * layer_.stride_w + (layer_.kernel_w - 1) * layer_.dilation_w + 1;
  int load = GlbContents::kNone;
  for (size_t pos = pos0; pos < pos1; ++pos) {
    const PassPosition& p = positions_[pos];
    const int y0 = p.y * layer_.stride_h - layer_.pad_top, x0 = p.x * layer_.stride_w - layer_.pad_left;
    const int64_t from = static_cast<int64_t>(std::clamp(x0, held.x0, held.x1) - held.x0) * held.channels();
    const int64_t to = static_cast<int64_t>(std::clamp(x0 + cols, held.x0, held.x1) - held.x0) * held.channels();
    for (int y = std::max(y0, held.y0); y < std::min(y0 + rows, held.y1); ++y)
      load = std::max(load, contents_.Read(ifmap_.RowAt(p.n, y) + from, ifmap_.RowAt(p.n, y) + to, reader));
  }
  return load;
}

void LayerEmitter::LoadResidual(const Tile& tile) {
  const int channel0 = tile.fg0 * m_.p, pixel = m_.out_pixel_bytes();
  const int count = std::min(layer_.filters(), tile.fg1 * m_.p) - channel0;
  const int64_t at = ResidualBuffer(tile);
  const int images = uses_between() ? 1 : tile.n1 - tile.n0;
  const int reader = contents_.Load(at, at + m_.out_bytes, static_cast<int>(List(Scheduler::kIl).size()) + images - 1);
  if (uses_between()) {
    PushLoad(Behind(layer_.residual), at, place_.y0, place_.y1, place_.x0, place_.x0 + m_.pair_cols, place_.n0, channel0,
             count, pixel, m_.pair_cols * pixel, reader);
    return;
  }
  for (int n = tile.n0; n < tile.n1; ++n)
    PushLoad(layer_.residual, at + OutOffset(tile, n, tile.y0, tile.x0), tile.y0, tile.y1, tile.x0,
             tile.x0 + m_.tile_cols, n, channel0, count, pixel, m_.tile_cols * pixel, reader);
}

void LayerEmitter::UseFilters(int k, int fb0, int fb1, bool with_params, int pattern) {
  const int64_t filter_key = FilterKey(k, fb0), param_key = ParamKey(fb0);
  const bool filters_held = s_.copy_key_[0] == filter_key || s_.copy_key_[1] == filter_key;
  const bool params_held = !with_params || s_.half_key_[0] == param_key || s_.half_key_[1] == param_key;
  if (filters_held && params_held) return;
  // The object in the GLB.
  const auto place = loaded_.find({k, fb0});
  int64_t object;
  uint32_t wait = 0;
  if (m_.resident && place != loaded_.end()) {
    object = place->second;
  } else {
    object = objects_++;
    object_release_.push_back(-1);
    if (m_.resident) loaded_[{k, fb0}] = object;
    const auto key = std::make_tuple(k, fb0, with_params ? 1 : 0);
    auto stored = block_at_.find(key);
    if (stored == block_at_.end()) {
      const std::vector<uint8_t> bytes = PackFilters(layer_, m_, c_, k, fb0, fb1, with_params);
      stored = block_at_.emplace(key, Stored{s_.weights_->Append(bytes), static_cast<int64_t>(bytes.size())}).first;
    }
    Command load(spec::kOpLoadF, spec::kLoadFOperandWords, parity_);
    load.Set(spec::kMoveMem, stored->second.at).Set(spec::kMoveGlb, m_.flt_at + object % m_.flt_slots * m_.flt_bytes);
    load.Set(spec::kMoveRun, stored->second.bytes).Set(spec::kMoveN1, 1).Set(spec::kMoveN2, 1);
    const int user = object < m_.flt_slots ? -1 : object_release_[static_cast<size_t>(object - m_.flt_slots)];
    load.wait = s_.WaitToLoad(Scheduler::kFl, m_.flt_at + object % m_.flt_slots * m_.flt_bytes, m_.flt_bytes, nullptr,
                              user);
    load.signal = Scheduler::Bit(spec::kSemFlC);
    Push(Scheduler::kFl, std::move(load));
    wait = Scheduler::Bit(spec::kSemFlC);
  }
  const int64_t at = m_.flt_at + object % m_.flt_slots * m_.flt_bytes;
  if (!params_held) {
    Command param(spec::kOpParam, spec::kParamOperandWords, parity_);
    param.Set(spec::kParamGlb, at + m_.block_bytes).Set(spec::kParamHalf, s_.next_half_);
    param.Set(spec::kParamRows, static_cast<int64_t>(fb1 - fb0) * m_.param_rows_per_unit(c_));
    param.wait = wait;
    wait = 0;
    s_.half_key_[s_.next_half_] = param_key;
    s_.next_half_ ^= 1;
    object_release_[static_cast<size_t>(object)] = static_cast<int>(List(Scheduler::kC).size());
    Push(Scheduler::kC, std::move(param));
  }
  if (!filters_held) {
    Command filter(spec::kOpFilter, spec::kFilterOperandWords, parity_);
    filter.Set(spec::kFilterGlb, at).Set(spec::kFilterCopy, s_.next_copy_);
    filter.Set(spec::kFilterPattern, pattern);
    filter.Set(spec::kFilterZp, layer_.weight_zp).Set(spec::kFilterUnsigned, layer_.weight_unsigned);
    filter.Set(spec::kFilterBeats, static_cast<int64_t>(m_.groups) * m_.filter_stride);
    filter.Set(spec::kFilterSets, CeilDiv(fb1 - fb0, m_.spread ? m_.segs : 1));
    filter.wait = wait;
    s_.copy_key_[s_.next_copy_] = filter_key;
    s_.next_copy_ ^= 1;
    object_release_[static_cast<size_t>(object)] = static_cast<int>(List(Scheduler::kC).size());
    Push(Scheduler::kC, std::move(filter));
  }
  s_.now_.LoadsFilters(at, m_.flt_bytes, static_cast<int>(List(Scheduler::kC).size()) - 1);
}

int LayerEmitter::UsePattern(const PassPattern& pattern) {
  const auto found = std::find(s_.patterns_.begin(), s_.patterns_.end(), pattern.payload);
  const bool held = found != s_.patterns_.end();
  const int slot = held ? static_cast<int>(found - s_.patterns_.begin()) : s_.pattern_order_.front();
  s_.pattern_order_.erase(std::find(s_.pattern_order_.begin(), s_.pattern_order_.end(), slot));
  s_.pattern_order_.push_back(slot);
  if (held) return slot;
  s_.patterns_[static_cast<size_t>(slot)] = pattern.payload;
  Command map(spec::kOpMap, 1, parity_);
  map.Set(spec::kMapPattern, slot).Set(spec::kMapStreams, pattern.streams).Set(spec::kMapUnits, pattern.units);
  map.operands.insert(map.operands.end(), pattern.payload.begin(), pattern.payload.end());
  Push(Scheduler::kC, std::move(map));
  return slot;
}

void LayerEmitter::EmitPass(const Tile& tile, const Depth& depth, int fb0, int fb1, size_t pos0, size_t pos1,
                            int64_t psum_at, uint32_t extra_wait, int load) {
  const int k = depth.block;
  const PassPosition& p0 = positions_[pos0];
  const int64_t row_out = OutOffset(tile, p0.n, p0.y, tile.x0);
  // The tensor between two layers has all filters side by side.
  const int64_t out_ref = m_.drain ? 0 : row_out + static_cast<int64_t>(fb0 - (makes_between() ? 0 : tile.fg0)) * m_.p;
  const int64_t out_base = OutBuffer() + out_ref;
  const PassPattern made = MakePassPattern(layer_, m_, c_, ifmap_,
                                           {k, fb0, fb1, &p0, static_cast<int>(pos1 - pos0), row_out});
  const int pattern = UsePattern(made);

  UseFilters(k, fb0, fb1, depth.with_params, pattern);
  Command pass(spec::kOpPass, spec::kPassOperandWords, parity_);
  pass.Set(spec::kPassPattern, pattern).Set(spec::kPassCopy, s_.copy_key_[1] == FilterKey(k, fb0));
  // A pass that writes no outputs names the half that the next PARAM leaves alone, which need not wait for it.
  const bool half = depth.last ? s_.half_key_[1] == ParamKey(fb0) : s_.next_half_ == 0;
  pass.Set(spec::kPassHalf, half).Set(spec::kPassCfg, cfg_slot());
  pass.Set(spec::kPassAccIn, !depth.first).Set(spec::kPassLast, depth.last);
  pass.Set(spec::kPassDw, !conv()).Set(spec::kPassMax, layer_.mode == LayerMode::kMax);
  pass.Set(spec::kPassSegs, m_.segs).Set(spec::kPassParity, parity_);
  pass.Set(spec::kPassStreams, made.streams).Set(spec::kPassUnits, made.units);
  pass.Set(spec::kPassActBase, made.act_base).Set(spec::kPassQ, m_.q).Set(spec::kPassQShort, made.short_channels);
  const int column_step = m_.taps == 1 ? layer_.stride_w : 1, stride = ColumnStride(layer_, m_.taps);
  pass.Set(spec::kPassXstride, column_step * ifmap_.tile().channels() & kGlbMask).Set(spec::kPassXcount, made.columns);
  pass.Set(spec::kPassSteps, m_.steps).Set(spec::kPassTaps, m_.taps).Set(spec::kPassStride, stride);
  pass.Set(spec::kPassRpt, m_.rpt).Set(spec::kPassGroups, m_.groups);
  pass.Set(spec::kPassTapStride, m_.tap_stride).Set(spec::kPassFilterStride, m_.filter_stride);
  pass.Set(spec::kPassStepStride, stride * m_.tap_stride % c_.filter_depth);
  pass.Set(spec::kPassPsumBase, m_.row_blocks() > 1 ? psum_at : 0).Set(spec::kPassP, m_.p);
  pass.Set(spec::kPassOutBase, out_base & kGlbMask).Set(spec::kPassOutStride, out_pixel());
  load = std::max(load, ReadIfmap(pos0, pos1));
  if (layer_.has_residual && depth.last) {
    const int64_t residual = ResidualBuffer(tile);
    pass.Set(spec::kPassResDelta, (residual + out_ref - out_base) & kGlbMask).Set(spec::kPassResEn, 1);
    load = std::max(load, contents_.Read(residual, residual + m_.out_bytes, static_cast<int>(List(Scheduler::kC).size())));
  }
  const int index = static_cast<int>(List(Scheduler::kC).size());
  pass.wait = extra_wait | s_.WaitForLoad(load, index);
  s_.now_.Fed(ifmap_.at(), m_.act_bytes, index);
  Push(Scheduler::kC, std::move(pass));
  ++passes_;
}

// The semaphores for a pass that is the first to write to the next output buffer.
uint32_t LayerEmitter::WaitForBuffer() {
  const int64_t before = out_used_ - m_.out_slots;
  int store = -1;
  if (before < 0) {
    store = s_.before_.StoreBeforeWrite(OutBuffer(), m_.out_bytes);
  } else if (!makes_between()) {
    store = out_store_[static_cast<size_t>(before)];
  }
  return s_.WaitForStore(Scheduler::kC, store);
}

// The semaphores for a pass that may be the first to write sums.
uint32_t LayerEmitter::WaitForSums() {
  return s_.WaitForStore(Scheduler::kC, s_.before_.StoreBeforeWrite(m_.psum_at, m_.psum_bytes));
}

// Filter groups [fb0, fb1) of positions [pos0, pos1), which are whole rows of the tile and fill the output buffer.
void LayerEmitter::EmitStore(const Tile& tile, int fb0, int fb1, size_t pos0, size_t pos1) {
  const int channel0 = fb0 * m_.p, pixel = out_pixel();
  const int count = std::min(layer_.filters(), fb1 * m_.p) - channel0;
  const PassPosition &p0 = positions_[pos0], &p1 = positions_[pos1 - 1];
  const size_t first = List(Scheduler::kSt).size();
  const auto store = [&](const View& out, int64_t at, int y0, int y1, int x0, int cols, int n) {
    Push(Scheduler::kSt,
         Move(spec::kOpStore, out, at, y0, y1, x0, x0 + cols, n, channel0, count, pixel, cols * pixel));
    s_.now_.Stores(ExtentOf(out, y0, y1, x0, x0 + cols, n, channel0, count),
                   static_cast<int>(List(Scheduler::kSt).size()) - 1);
  };
  for (int n = p0.n; n <= p1.n && !uses_between(); ++n) {
    const int y0 = n == p0.n ? p0.y : tile.y0, y1 = n == p1.n ? p1.y + 1 : tile.y1;
    store(layer_.out, OutBuffer() + OutOffset(tile, n, y0, tile.x0) - OutOffset(tile, p0.n, p0.y, tile.x0), y0, y1,
          tile.x0, m_.tile_cols, n);
  }
  if (uses_between())
    store(Behind(layer_.out), OutBuffer(), place_.y0, place_.y1, place_.x0, m_.pair_cols, place_.n0);
  List(Scheduler::kSt)[first].wait = s_.WaitForC(Scheduler::kSt, static_cast<int>(List(Scheduler::kC).size()) - 1);
  out_store_.push_back(static_cast<int>(List(Scheduler::kSt).size()) - 1);
  ++out_used_;
}

// The blocks of a tile, for passes of so many filter groups.
void LayerEmitter::FillPositions(const Tile& tile, int fgs) {
  drained_fgs_ = fgs;
  positions_.clear();
  for (int n = tile.n0; n < tile.n1; ++n)
    for (int y = tile.y0; y < tile.y1; ++y)
      for (int at = 0; at < m_.tile_cols; at += m_.steps) {
        // The last block of a row is moved back to end with it: sums are computed twice, alike.
        const int x = tile.x0 + std::min(at, m_.tile_cols - m_.steps);
        positions_.push_back({n, y, x, OutOffset(tile, n, y, x)});
      }
}

void LayerEmitter::EmitTile(const Tile& tile) {
  FillPositions(tile, m_.fgs);
  const int blocks = m_.row_blocks(), chunks = CeilDiv(blocks, m_.chunk_blocks);
  const int words = CeilDiv(m_.p, c_.psum_words_per_glb_word());
  // Each second tile of filters at a place begins with the chunk that is there.
  const bool backwards = (m_.keep_ifmap || PositionTiles(layer_, m_) == 1) && tile.fg0 / m_.tile_fgs % 2 == 1;
  bool new_buffer = true;
  for (int chunk = 0; chunk < chunks; ++chunk) {
    const int kc = (backwards ? chunks - 1 - chunk : chunk) * m_.chunk_blocks;
    const int kc1 = std::min(blocks, kc + m_.chunk_blocks);
    const bool last_chunk = chunk + 1 == chunks;
    if (SliceEnds()) return;
    LoadIfmap(tile, kc, kc1, last_chunk);
    int64_t psum_at = m_.psum_at;
    for (int fb = tile.fg0; fb < tile.fg1; fb += m_.fgs) {
      const int fb1 = std::min(tile.fg1, fb + m_.fgs);
      const auto side_by_side = static_cast<size_t>(m_.positions_of(fb1 - fb));
      if (fb1 - fb != drained_fgs_) FillPositions(tile, fb1 - fb);
      for (int k = kc; k < kc1; ++k) {
        const bool last = last_chunk && k + 1 == kc1;
        const Depth depth{k, chunk == 0 && k == kc, last, last_chunk && k == kc};
        int64_t at = chunks > 1 ? psum_at : m_.psum_at;
        for (size_t pos = 0; pos < positions_.size(); pos += side_by_side) {
          const size_t end = std::min(positions_.size(), pos + side_by_side);
          if (SliceEnds()) return;
          const uint32_t wait = !last ? WaitForSums() : new_buffer ? WaitForBuffer() : 0;
          // The last pass of a tile takes a token of IL's last load, also if nobody reads what that brings (handover.h).
          const bool ends = last && fb1 == tile.fg1 && end == positions_.size() && !uses_between();
          EmitPass(tile, depth, fb, fb1, pos, end, at, wait,
                   ends ? static_cast<int>(List(Scheduler::kIl).size()) - 1 : GlbContents::kNone);
          if (last) new_buffer = m_.drain;
          if (last && m_.drain) EmitStore(tile, fb, fb1, pos, end);
          at += static_cast<int64_t>(end - pos) * (fb1 - fb) * m_.steps * words * c_.glb_bytes;
        }
        if (k + 1 == kc1) psum_at = at;
      }
    }
  }
  if (!m_.drain && !makes_between()) EmitStore(tile, tile.fg0, tile.fg1, 0, positions_.size());
}

void LayerEmitter::EmitFilters(Tile tile, int fg) {
  tile.fg0 = fg;
  tile.fg1 = std::min(m_.total_fgs, fg + m_.tile_fgs);
  tile.index = tiles_++;
  if (!SliceEnds()) EmitTile(tile);
}

void LayerEmitter::EmitPlace(const Tile& place) {
  for (int fg = 0; fg < m_.total_fgs; fg += m_.tile_fgs) EmitFilters(place, fg);
  if (makes_between()) ++out_used_;
}

std::vector<LayerEmitter::Tile> LayerEmitter::Places() const {
  std::vector<Tile> places;
  for (int n = 0; n < layer_.out.n; n += m_.tile_images)
    for (int x = 0; x < layer_.out.w; x += m_.tile_cols)
      for (int y = 0; y < layer_.out.h; y += m_.tile_rows) {
        Tile tile{};
        tile.n0 = n;
        tile.n1 = std::min(layer_.out.n, n + m_.tile_images);
        // The tiles between two layers are all of one size: the last one is moved back.
        tile.y0 = makes_between() ? std::min(y, layer_.out.h - m_.tile_rows) : y;
        tile.y1 = std::min(layer_.out.h, tile.y0 + m_.tile_rows);
        tile.x0 = std::min(x, layer_.out.w - m_.tile_cols);
        places.push_back(tile);
      }
  return places;
}

// The second layer sees the positions of a tile as one row, whichever of the image they are.
void LayerEmitter::EmitPlaceBehind(const ArrayLayer& first, const Tile& place) {
  first_ = &first;
  place_ = place;
  Tile tile{};
  tile.n0 = places_++;
  tile.n1 = tile.n0 + 1;
  tile.y1 = 1;
  EmitPlace(tile);
}

// All positions in one row, as the first layer's rows and columns.
View LayerEmitter::Behind(const View& flat) const {
  View view = flat;
  view.n = first_->out.n;
  view.h = first_->out.h;
  view.w = first_->out.w;
  view.h_stride = view.w * view.w_stride;
  view.n_stride = view.h * view.h_stride;
  return view;
}

void LayerEmitter::Emit() {
  EmitCfg();
  const std::vector<Tile> places = Places();
  if (m_.keep_ifmap) {
    for (const Tile& place : places) EmitPlace(place);
  } else {
    for (int fg = 0; fg < m_.total_fgs; fg += m_.tile_fgs) {
      loaded_.clear();
      for (const Tile& place : places) EmitFilters(place, fg);
    }
  }
}

void LayerEmitter::HoldBuffers() {
  if (!makes_between()) s_.now_.HoldsToTheEnd(m_.out_at, m_.out_bytes * m_.out_slots);
  s_.now_.FiltersAhead(m_.flt_slots);
  s_.now_.HoldsToTheEnd(m_.psum_at, m_.psum_bytes);
  s_.now_.HoldsToTheEnd(m_.res_at, m_.out_bytes * m_.res_slots);
}

}  // namespace weft
