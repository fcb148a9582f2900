// SPDX-License-Identifier: Apache-2.0
#include "tests/energy/measure.h"

namespace weft::energy {

using lockstep::Poke;

Bench::Bench(const Window& window, const model::PeParams& pe) : w_(window), pe_(pe), noise_(window.act.seed + 1) {
  context_.randReset(0);
  rtl_ = std::make_unique<Vpe_rtl>(&context_);
  gates_ = std::make_unique<Vpe_gates>(&context_);
}

void Bench::DrivePass(size_t pass) {
  const Setting& s = SettingOf(pass);
  const model::PePass& f = s.shape.f;
  const int at = static_cast<int>(pass & 1), off_bits = __builtin_ctz(pe_.filter_depth),
            ch_bits = __builtin_ctz(pe_.psum_rows / pe_.psum_banks);
  Both([&](auto* v) {
    Poke(&v->enable_i, at, 1, 1);
    Poke(&v->void_i, at, 1, s.is_void);
    Poke(&v->bottom_i, at, 1, s.bottom);
    Poke(&v->step_last_i, 10 * at, 10, f.steps - 1);
    Poke(&v->group_last_i, 8 * at, 8, f.groups - 1);
    Poke(&v->word_last_i, 7 * at, 7, f.p - 1);
    Poke(&v->taps_i, 4 * at, 4, f.taps);
    Poke(&v->stride_i, 4 * at, 4, f.stride);
    Poke(&v->filter_stride_i, off_bits * at, off_bits, f.filter_stride);
    Poke(&v->step_stride_i, off_bits * at, off_bits, f.step_stride);
    Poke(&v->ch_mask_i, ch_bits * at, ch_bits, f.tap_stride - 1);
    Poke(&v->dw_i, at, 1, f.dw);
    Poke(&v->max_i, at, 1, f.max);
    Poke(&v->copy_i, at, 1, at);
    Poke(&v->parity_i, at, 1, at);  // tells whose events are
    Poke(&v->pass_valid_i, at, 1, 1);
    Poke(&v->pass_phase_i, at, 1, pass >> 1);
    Poke(&v->filter_ok_i, at, 1, 0);
  });
}

void Bench::BeginPasses(int64_t t) {
  const size_t in_flight = w_.gap_cycles > 0 ? 1 : 2;
  if (begun_ == w_.passes.size() || begun_ >= out_pass_ + in_flight || t < next_begin_) return;
  slot_pass_[begun_ & 1] = begun_;
  DrivePass(begun_++);
}

void Bench::DriveFilterBus() {
  Both([](auto* v) { v->flt_we_i = 0; });
  if (loaded_ == begun_) return;
  const Pass& p = w_.passes[loaded_];
  const model::PePass& f = SettingOf(loaded_).shape.f;
  const int words = p.load && Active(loaded_) ? f.filter_stride * (f.dw ? 1 : f.groups) : 0;
  if (flt_addr_ == words) {
    Both([&](auto* v) { Poke(&v->filter_ok_i, static_cast<int>(loaded_ & 1), 1, 1); });
    flt_addr_ = 0;
    ++loaded_;
    return;
  }
  Both([&](auto* v) {
    v->flt_we_i = 1;
    v->flt_copy_i = loaded_ & 1;
    v->flt_addr_i = static_cast<uint8_t>(flt_addr_);
    v->flt_data_i = p.filter.words[static_cast<size_t>(flt_addr_)] & 511;
  });
  ++m_.counts[kFilterSpadWr];
  ++flt_addr_;
}

void Bench::DriveIfmapBus(int64_t t) {
  while (bus_pass_ < begun_ && (!Active(bus_pass_) || bus_token_ == w_.passes[bus_pass_].stream.tokens.size()))
    ++bus_pass_, bus_token_ = 0;
  offer_ = bus_pass_ < begun_ && (bus_beat_ > 0 || w_.act.Open(t));
  const bool foreign = !offer_ && noise_.Chance(w_.foreign) && begun_ > 0 && Active(begun_ - 1);
  Both([&](auto* v) { v->act_hit_i = offer_, v->act_fire_i = foreign; });
  if (!offer_ && !foreign) return;
  const size_t pass = offer_ ? bus_pass_ : begun_ - 1;
  const auto& tokens = w_.passes[pass].stream.tokens;
  const size_t token = offer_ ? bus_token_ : static_cast<size_t>(noise_.Int(0, static_cast<int>(tokens.size()) - 1));
  const Stream::Token& k = tokens[token];
  const size_t beat = offer_ ? bus_beat_ : static_cast<size_t>(noise_.Int(0, static_cast<int>(k.beats.size()) - 1));
  const Stream::Beat& b = k.beats[beat];
  const int off_bits = __builtin_ctz(pe_.filter_depth);
  Both([&](auto* v) {
    v->act_slot_i = pass & 1;
    v->act_last_i = beat + 1 == k.beats.size();
    v->act_eos_i = k.eos;
    v->act_x_i = k.x & 15;
    v->act_rpt_i = static_cast<uint8_t>(SettingOf(pass).shape.rpt);
    v->act_n_i = static_cast<uint8_t>(b.n);
    for (int e = 0; e < b.n; ++e) {
      Poke(&v->act_row_i, (9 + off_bits) * e, 9, k.values[static_cast<size_t>(b.at + e)] & 511);
      Poke(&v->act_row_i, (9 + off_bits) * e + 9, off_bits, k.offsets[static_cast<size_t>(b.at + e)]);
    }
  });
}

void Bench::FireIfmapBus() {
  if (!offer_ || (bus_beat_ == 0 && !rtl_->act_ready_o)) return;
  Both([](auto* v) { v->act_fire_i = 1, v->eval(); });
  const Stream::Token& k = w_.passes[bus_pass_].stream.tokens[bus_token_];
  m_.counts[kIfmapSpadWr] += k.beats[bus_beat_].n;
  if (++bus_beat_ < k.beats.size()) return;
  bus_beat_ = 0;
  ++bus_token_;
}

void Bench::DriveChain(int64_t t) {
  while (below_pass_ < begun_ && below_word_ == w_.passes[below_pass_].below.size()) ++below_pass_, below_word_ = 0;
  if (!below_valid_ && below_pass_ < begun_ && w_.cin.Open(t / 8)) {
    below_valid_ = true;
    const int32_t word = w_.passes[below_pass_].below[below_word_];
    Both([&](auto* v) { v->cin_data_i = static_cast<uint32_t>(word); });
  }
  Both([&](auto* v) {
    v->cin_valid_i = below_valid_;
    v->cout_ready_i = w_.out.Open(t / 16);
  });
}

}  // namespace weft::energy
