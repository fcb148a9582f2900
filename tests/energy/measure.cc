// SPDX-License-Identifier: Apache-2.0
#include "tests/energy/measure.h"

namespace weft::energy {

using lockstep::PlainSum;
using lockstep::WrapAdd;

void Bench::Tick() {
  Both([](auto* v) {
    v->clk_i = 1;
    v->eval();
    v->clk_i = 0;
    v->eval();
  });
}

void Bench::Reset() {
  Both([](auto* v) { v->rst_ni = 0, v->eval(); });
  for (int k = 0; k < 4; ++k) Tick();
  Both([](auto* v) { v->rst_ni = 1, v->eval(); });
  nets_.resize(sizeof gates_->nets_o / sizeof(uint32_t));
  for (size_t k = 0; k < nets_.size(); ++k) nets_[k] = gates_->nets_o[k];
  m_.changes.assign(nets_.size() * 32, 0);
}

void Bench::TakeChain(int64_t t) {
  if (rtl_->cin_valid_i && rtl_->cin_ready_o) {
    below_valid_ = false;
    ++m_.counts[kChainBelow];
    ++below_word_;
  }
  if (!rtl_->cout_valid_o || !rtl_->cout_ready_i) return;
  const Pass& p = w_.passes[out_pass_];
  const Setting& s = SettingOf(out_pass_);
  int32_t sum = s.is_void ? 0 : PlainSum(s.shape, p.stream, p.filter, out_word_ / s.shape.f.p, out_word_ % s.shape.f.p);
  if (!s.bottom) {
    const int32_t below = p.below[static_cast<size_t>(out_word_)];
    sum = s.shape.f.max ? std::max(sum, below) : WrapAdd(sum, below);
  }
  ++m_.sums;
  if (gates_->cout_data_o != static_cast<uint32_t>(sum) && m_.difference.empty())
    m_.difference = "pass " + std::to_string(out_pass_) + " word " + std::to_string(out_word_) + ": loops " +
                    std::to_string(sum) + ", gates " + std::to_string(static_cast<int32_t>(gates_->cout_data_o));
  ++out_word_;
  m_.counts[kStep] += rtl_->cout_last_o && !s.is_void;
  if (!rtl_->cout_end_o) return;
  ++out_pass_;
  out_word_ = 0;
  next_begin_ = t + 1 + w_.gap_cycles;
}

void Bench::Compare(int64_t t) {
  auto port = [&](const char* name, uint64_t rtl, uint64_t gates) {
    ++m_.outputs;
    if (rtl != gates && m_.difference.empty())
      m_.difference = std::string(name) + " in cycle " + std::to_string(t) + ": RTL " + std::to_string(rtl) +
                      ", gates " + std::to_string(gates);
  };
#define WEFT_PORT(name) port(#name, rtl_->name, gates_->name)
  WEFT_PORT(act_ready_o);
  WEFT_PORT(cin_ready_o);
  WEFT_PORT(cout_valid_o);
  WEFT_PORT(cout_data_o);
  WEFT_PORT(cout_last_o);
  WEFT_PORT(cout_end_o);
  WEFT_PORT(cout_slot_o);
  WEFT_PORT(ev_mac_o);
  WEFT_PORT(ev_gated_o);
  WEFT_PORT(ev_psum_wr_o);
  WEFT_PORT(ev_psum_rmw_o);
  WEFT_PORT(ev_psum_rd_o);
  WEFT_PORT(ev_chain_o);
  WEFT_PORT(ev_par_o);
  WEFT_PORT(ev_ppar_o);
  WEFT_PORT(ev_dpar_o);
  WEFT_PORT(busy_o);
  WEFT_PORT(full_o);
  WEFT_PORT(mine_o);
#undef WEFT_PORT
}

// An entry's psum word is written in the cycle behind ev_mac_o or ev_gated_o.
void Bench::CountEntry() {
  Counts& c = m_.counts;
  if (entry_.valid) in_word_ = !rtl_->ev_psum_wr_o;
  if (entry_.mac) {
    const Setting& s = SettingOf(entry_.pass);
    const bool alone = entry_.first && !in_word_ && !s.shape.f.dw;
    ++c[s.shape.f.max ? kMax : alone ? kMacAlone : kMac];
    c[kMacSigned] += !s.rectified && !alone;
    c[kMacResumed] += entry_.resumed;
  }
  entry_ = {rtl_->ev_mac_o || rtl_->ev_gated_o, rtl_->ev_mac_o != 0, !in_word_, held_, slot_pass_[rtl_->ev_par_o]};
  if (entry_.valid) held_ = rtl_->ev_gated_o;
}

void Bench::CountEvents() {
  Counts& c = m_.counts;
  ++c[kCycle];
  CountEntry();
  c[kMacGated] += rtl_->ev_gated_o;
  c[kPsumSpadWr] += rtl_->ev_psum_wr_o;
  c[kPsumAccumulate] += rtl_->ev_psum_rmw_o;
  c[kPsumLeave] += rtl_->ev_psum_rd_o;
  c[kChain] += rtl_->ev_chain_o;
}

void Bench::CountNets() {
  for (size_t k = 0; k < nets_.size(); ++k) {
    const uint32_t now = gates_->nets_o[k];
    for (uint32_t changed = now ^ nets_[k]; changed != 0; changed &= changed - 1)
      ++m_.changes[k * 32 + static_cast<size_t>(__builtin_ctz(changed))];
    nets_[k] = now;
  }
}

Measured Bench::Run(int64_t limit_cycles) {
  Reset();
  for (int64_t t = 0; out_pass_ < w_.passes.size(); ++t) {
    if (t == limit_cycles) {
      m_.difference = "no end after " + std::to_string(t) + " cycles";
      break;
    }
    BeginPasses(t);
    DriveFilterBus();
    DriveIfmapBus(t);
    DriveChain(t);
    Both([](auto* v) { v->eval(); });
    FireIfmapBus();
    Compare(t);
    CountEvents();
    CountNets();
    TakeChain(t);
    Tick();
  }
  return m_;
}

}  // namespace weft::energy
