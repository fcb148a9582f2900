// SPDX-License-Identifier: Apache-2.0
// Drives weft_pe and its gates with one window and compares every output in every cycle, and what
// leaves the chain with the plainest loop nest. Counts events and the changes of every net of the gates.
// A net is looked at once a cycle, when all inputs are there: no glitches.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "Vpe_gates.h"
#include "Vpe_rtl.h"
#include "tests/energy/events.h"
#include "tests/energy/window.h"

namespace weft::energy {

struct Measured {
  Counts counts = {};
  std::vector<int64_t> changes;  // by net
  int64_t outputs = 0;           // compared, of all ports and cycles
  int64_t sums = 0;              // compared with the loop nest
  std::string difference;        // the first one
};

class Bench {
 public:
  Bench(const Window& window, const model::PeParams& pe);
  Measured Run(int64_t limit_cycles);

 private:
  template <typename F>
  void Both(F drive) {
    drive(rtl_.get());
    drive(gates_.get());
  }
  const Setting& SettingOf(size_t pass) const { return w_.settings[static_cast<size_t>(w_.passes[pass].setting)]; }
  bool Active(size_t pass) const { return !SettingOf(pass).is_void; }
  void Reset();
  void BeginPasses(int64_t t);
  void DrivePass(size_t pass);
  void DriveFilterBus();
  void DriveIfmapBus(int64_t t);
  void DriveChain(int64_t t);
  void Tick();
  void FireIfmapBus();
  void TakeChain(int64_t t);
  void Compare(int64_t t);
  void CountNets();
  void CountEvents();
  void CountEntry();

  const Window& w_;
  const model::PeParams pe_;
  VerilatedContext context_;
  std::unique_ptr<Vpe_rtl> rtl_;
  std::unique_ptr<Vpe_gates> gates_;
  Random noise_;
  Measured m_;
  std::vector<uint32_t> nets_;
  size_t begun_ = 0, loaded_ = 0, bus_pass_ = 0, bus_token_ = 0, bus_beat_ = 0, out_pass_ = 0;
  int flt_addr_ = 0, out_word_ = 0;
  int64_t next_begin_ = 0;
  size_t below_pass_ = 0, below_word_ = 0;
  bool below_valid_ = false, offer_ = false;
  size_t slot_pass_[2] = {0, 0};  // whose fields a slot shows
  struct Entry {                  // of the cycle before
    bool valid = false, mac = false, first = false, resumed = false;
    size_t pass = 0;
  } entry_;
  bool in_word_ = false;  // the last entry was not its psum word's last
  bool held_ = false;     // the last entry's weight was zero
};

}  // namespace weft::energy
