// SPDX-License-Identifier: Apache-2.0
#include "compiler/pass_pattern.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/command.h"
#include "compiler/mapping_space.h"

namespace weft {
namespace {

constexpr int64_t kGlbMask = (int64_t{1} << 18) - 1;

class PatternMaker {
 public:
  PatternMaker(const ArrayLayer& layer, const Mapping& m, const Config& config, const IfmapBuffer& ifmap,
               const PassWork& work)
      : layer_(layer), m_(m), c_(config), ifmap_(ifmap), work_(work), fgs_(work.fb1 - work.fb0),
        sets_(CeilDiv(fgs_, m.spread ? m.segs : 1)),
        pes_(static_cast<size_t>(config.rows) * static_cast<size_t>(config.cols)) {}

  PassPattern Make();

 private:
  struct Stream {
    int n, row, x, channel, first, count;
    bool is_short;
  };
  struct Pe {
    int act_id = 0, fid = 0;
    bool is_void = false, enabled = false;
  };

  bool conv() const { return layer_.mode == LayerMode::kConv; }
  void SetFilterIds();
  void AddUnit(int position, int f);
  void Connect(const PassPosition& position, int f, const RowEntry& entry, Pe* pe);
  void AppendPes();
  void AppendStreams();

  const ArrayLayer& layer_;
  const Mapping& m_;
  const Config& c_;
  const IfmapBuffer& ifmap_;
  const PassWork& work_;
  const int fgs_, sets_;
  // The first position's first filter row and channel.
  int ref_row_ = 0, ref_channel_ = 0;
  std::vector<Pe> pes_;
  std::vector<Stream> streams_;
  std::map<std::tuple<int, int, int, int, int>, int> stream_of_;
  std::vector<uint32_t> unit_words_;
  PassPattern out_;
};

// Also PEs that this pass leaves out get their filters: a later pass may use them.
void PatternMaker::SetFilterIds() {
  for (int i = 0; i < c_.rows; ++i) {
    const int segment = std::min(i / m_.seg_rows, m_.segs - 1);
    for (int j = 0; j < c_.cols; ++j)
      pes_[static_cast<size_t>(i) * c_.cols + static_cast<size_t>(j)].fid =
          m_.spread ? j % sets_ : (j * m_.segs + segment) % fgs_;
  }
}

// The unit for filter group fb0 + f, and the PEs that add up its sums.
void PatternMaker::AddUnit(int index, int f) {
  const PassPosition& position = work_.positions[index];
  int column, segment;
  if (m_.spread) {
    column = index * sets_ + f / m_.segs;
    segment = f % m_.segs;
  } else {
    column = (index * fgs_ + f) / m_.segs;
    segment = (index * fgs_ + f) % m_.segs;
  }
  uint32_t word = 0;
  const int64_t offset = position.out - work_.out_base + static_cast<int64_t>(f) * m_.p;
  Command::PackField(spec::kMapUnitOffset, offset & kGlbMask, &word);
  Command::PackField(spec::kMapUnitParamRow, static_cast<int64_t>(f) * m_.param_rows_per_unit(c_), &word);
  Command::PackField(spec::kMapUnitUnit, column * c_.segs + segment, &word);
  unit_words_.push_back(word);
  const size_t first = static_cast<size_t>(work_.k) * m_.seg_rows;
  for (size_t e = first; e < std::min(m_.rows.size(), first + m_.seg_rows); ++e) {
    const size_t row = static_cast<size_t>(segment * m_.seg_rows) + (e - first);
    Connect(position, f, m_.rows[e], &pes_[row * c_.cols + static_cast<size_t>(column)]);
  }
}

// The stream that a PE listens to; none where its filter row falls on padding.
void PatternMaker::Connect(const PassPosition& position, int f, const RowEntry& entry, Pe* pe) {
  pe->enabled = true;
  const int column_step = m_.taps == 1 ? layer_.stride_w : 1;
  const int row = position.y * layer_.stride_h - layer_.pad_top + entry.r * layer_.dilation_h;
  const int x = position.x * layer_.stride_w - layer_.pad_left + entry.s * layer_.dilation_w;
  const int channel = conv() ? entry.channel : (work_.fb0 + f) * m_.p;
  const int count = conv() ? entry.count : std::min(m_.p, layer_.channels() - channel);
  // Of an entry whose taps reach beyond the kernel the columns behind it are not in the GLB.
  int first = 0, last = (m_.steps - 1) * ColumnStride(layer_, m_.taps) + std::min(m_.taps, layer_.kernel_w - entry.s);
  while (first < last && x + first * column_step < 0) ++first;
  while (last > first && x + (last - 1) * column_step >= layer_.in.w) --last;
  if (row < 0 || row >= layer_.in.h || first >= last) {
    pe->is_void = true;
    return;
  }
  const auto [it, is_new] = stream_of_.emplace(std::make_tuple(position.n, row, x, channel, last),
                                               static_cast<int>(streams_.size()));
  pe->act_id = it->second;
  if (!is_new) return;
  streams_.push_back({position.n, row, x, channel, first, last - first, count != m_.q});
  out_.columns = std::max(out_.columns, last);
  if (count != m_.q) out_.short_channels = count;
}

void PatternMaker::AppendPes() {
  for (size_t i = 0; i < pes_.size(); i += 2) {
    uint32_t word = 0;
    for (size_t h = 0; h < 2 && i + h < pes_.size(); ++h) {
      uint32_t half = 0;
      const Pe& pe = pes_[i + h];
      Command::PackField(spec::kMapPeActId, pe.act_id, &half);
      Command::PackField(spec::kMapPeFid, pe.fid, &half);
      Command::PackField(spec::kMapPeVoid, pe.is_void, &half);
      Command::PackField(spec::kMapPeEnabled, pe.enabled, &half);
      word |= half << (16 * h);
    }
    out_.payload.push_back(word);
  }
}

void PatternMaker::AppendStreams() {
  const IfmapTile& held = ifmap_.tile();
  const int64_t ref_at = ifmap_.RowAt(work_.positions[0].n, ref_row_);
  out_.act_base = (ref_at + ref_channel_ - held.channel0) & kGlbMask;
  for (const Stream& stream : streams_) {
    const int64_t at = ifmap_.RowAt(stream.n, stream.row) - ref_at + stream.channel - ref_channel_ +
                       static_cast<int64_t>(stream.x - held.x0) * held.channels();
    uint32_t word = 0;
    Command::PackField(spec::kMapStreamOffset, at & kGlbMask, &word);
    Command::PackField(spec::kMapStreamFirst, stream.first, &word);
    Command::PackField(spec::kMapStreamCount, stream.count, &word);
    Command::PackField(spec::kMapStreamShort, stream.is_short, &word);
    out_.payload.push_back(word);
  }
}

PassPattern PatternMaker::Make() {
  const PassPosition& p0 = work_.positions[0];
  ref_row_ = p0.y * layer_.stride_h - layer_.pad_top;
  ref_channel_ = conv() ? m_.rows[static_cast<size_t>(work_.k) * m_.seg_rows].channel : work_.fb0 * m_.p;
  out_.short_channels = m_.q;
  SetFilterIds();
  for (int position = 0; position < work_.count; ++position)
    for (int f = 0; f < fgs_; ++f) AddUnit(position, f);
  if (streams_.empty()) {  // everything falls on padding: a stream without tokens
    streams_.push_back({p0.n, ref_row_, ifmap_.tile().x0, ref_channel_, 0, 0, false});
    out_.columns = 1;
  }
  AppendPes();
  AppendStreams();
  out_.payload.insert(out_.payload.end(), unit_words_.begin(), unit_words_.end());
  out_.streams = static_cast<int>(streams_.size());
  out_.units = static_cast<int>(unit_words_.size());
  return out_;
}

}  // namespace

PassPattern MakePassPattern(const ArrayLayer& layer, const Mapping& m, const Config& config,
                            const IfmapBuffer& ifmap, const PassWork& work) {
  return PatternMaker(layer, m, config, ifmap, work).Make();
}

}  // namespace weft
