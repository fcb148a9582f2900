// SPDX-License-Identifier: Apache-2.0
// Twin of weft_csr: the host's registers and the machine's life. A doorbell accepted in cycle w
// starts the core's reset in w + 1 and the run in w + 257, which is cycle 0 of the segment. Seen
// idle in cycle d, the machine is done from d + 1 on and the segment took d + 1 - (w + 257) cycles.
// A fault, abort or soft reset in cycle f: it drains from f + 1 on; once the memory port is idle in
// m >= f + 1, the core is in reset in m + 1 and the machine idle from m + 2 on.
#ifndef WEFT_MODEL_CSR_H_
#define WEFT_MODEL_CSR_H_

#include <cstdint>

#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

class Csr {
 public:
  struct Config {
    int rows = 12, cols = 14, lanes = 1, segs = 4, glb_size = 110592, mem_bytes = 8;
    int plain_memory = 0, counter_small = 0, counter_bits = 64, addr_bits = 32;
    uint32_t config_hash = 0;
  };
  // What reaches the registers in one cycle.
  struct Inputs {
    bool write = false;
    uint32_t address = 0, data = 0;  // of the write
    bool idle = false, mem_idle = false, record = false;
    bool fault_mem = false, fault_cmd = false, fault_glb = false;
    int fault_mem_code = 0, fault_token = 0;
    uint64_t fault_mem_address = 0;
    uint32_t fault_cmd_address = 0;
  };
  static constexpr Cycle kSweepCycles = 256;

  explicit Csr(const Config& config) : config_(config) {}

  // Cycles in which nothing happens (idle levels count in Run and Drain only) may be left out.
  void Step(Cycle c, const Inputs& in) {
    Settle(c);
    const bool run = state_ == kRun;
    const bool doorbell = in.write && in.address == spec::kRegDoorbell && (in.data & 1) != 0;
    const bool control = in.write && in.address == spec::kRegControl;
    const bool abort = control && (in.data >> spec::kRegControlAbortLsb & 1) != 0;
    const bool wipe = control && (in.data >> spec::kRegControlSoftResetLsb & 1) != 0;
    const bool fault =
        run && (in.fault_mem || in.fault_cmd || in.fault_glb || in.fault_token != 0);
    const bool finish = run && !fault && in.idle;
    if (in.write && in.address == spec::kRegIrqStatus) irq_status_ &= ~in.data;
    if (in.write) WriteRw(in.address, in.data);
    if (fault) {
      code_ = in.fault_mem   ? in.fault_mem_code & 15
              : in.fault_cmd ? spec::kFaultCommand
              : in.fault_glb ? spec::kFaultGlb
                             : spec::kFaultToken;
      fault_address_ = in.fault_mem   ? in.fault_mem_address
                       : in.fault_cmd ? in.fault_cmd_address
                                      : static_cast<uint64_t>(in.fault_token);
      if (config_.plain_memory != 0) fault_address_ &= AddressMask();
    }
    done_ |= finish;
    fault_ |= fault;
    irq_status_ |= static_cast<uint32_t>(fault) << 1 | static_cast<uint32_t>(finish);
    if (doorbell && state_ != kIdle) ignored_ = true;
    if (in.record) layers_ = (layers_ + 1) & 0xffff;
    if (wipe) wipe_ = true;
    switch (state_) {
      case kIdle:
        if (wipe) Go(kClear, c + 1);
        if (doorbell) {
          ClearStatus();
          Go(kStart, c + 1);
        }
        break;
      case kStart:
        if (abort || wipe) Go(kClear, c + 1);
        break;
      case kRun:
        if (fault || abort || wipe) Go(kDrain, c + 1);
        else if (in.idle) Go(kIdle, c + 1);
        break;
      case kDrain:
        if (in.mem_idle) Go(kClear, c + 1);
        break;
      case kClear:
        EndClear(c, wipe);
        break;
    }
  }

  uint32_t Read(Cycle c, uint32_t address) {
    Settle(c);
    const uint64_t cycles = Cycles(c);
    const uint64_t base = config_.plain_memory != 0 ? 0 : base_;
    switch (address) {
      case spec::kRegMagic: return spec::kDeviceMagic;
      case spec::kRegVersion: return spec::kDeviceVersion;
      case spec::kRegArray:
        return static_cast<uint32_t>(config_.rows | config_.cols << 8 | config_.lanes << 16 |
                                     config_.segs << 20 | config_.counter_small << 24 |
                                     config_.plain_memory << 25);
      case spec::kRegGlbSize: return static_cast<uint32_t>(config_.glb_size);
      case spec::kRegConfigHash: return config_.config_hash;
      case spec::kRegStatus:
        return static_cast<uint32_t>(state_ != kIdle) | static_cast<uint32_t>(done_) << 1 |
               static_cast<uint32_t>(fault_) << 2 | static_cast<uint32_t>(ignored_) << 3 |
               static_cast<uint32_t>(code_) << 8;
      case spec::kRegFaultAddrLo: return static_cast<uint32_t>(fault_address_);
      case spec::kRegFaultAddrHi: return static_cast<uint32_t>(fault_address_ >> 32);
      case spec::kRegFaultLayer: return static_cast<uint32_t>(layers_);
      case spec::kRegIrqStatus: return irq_status_;
      case spec::kRegIrqEnable: return irq_enable_;
      case spec::kRegCyclesLo:
        cycles_hi_ = static_cast<uint32_t>(cycles >> 32);
        return static_cast<uint32_t>(cycles);
      case spec::kRegCyclesHi: return cycles_hi_;
      case spec::kRegWatchdogMemory: return watchdog_memory_;
      case spec::kRegWatchdogToken: return watchdog_token_;
      case spec::kRegWindowBaseLo: return static_cast<uint32_t>(base);
      case spec::kRegWindowBaseHi: return static_cast<uint32_t>(base >> 32);
      case spec::kRegWindowSize: return size_;
      case spec::kRegProgram: return program_;
      case spec::kRegProgramBytes: return bytes_;
      default: return 0;
    }
  }

  bool running(Cycle c) { return Settle(c), state_ == kRun; }
  bool core_reset(Cycle c) { return Settle(c), state_ == kStart || state_ == kClear; }
  bool irq() const { return (irq_status_ & irq_enable_) != 0; }
  // The token watchdog ticks when this becomes true while running.
  bool WatchdogHalf(Cycle c) {
    Settle(c);
    return watchdog_token_ != 0 && (Cycles(c) >> (3 * watchdog_token_ + 5) & 1) != 0;
  }
  uint64_t Cycles(Cycle c) const {
    const uint64_t mask =
        config_.counter_bits < 64 ? (uint64_t{1} << config_.counter_bits) - 1 : ~uint64_t{0};
    if (state_ == kStart) return static_cast<uint64_t>(c - from_) & (kSweepCycles - 1);
    return (state_ == kRun ? static_cast<uint64_t>(c - from_) : cycles_) & mask;
  }
  uint32_t window_size() const { return size_; }
  uint32_t program() const { return program_; }
  uint32_t program_bytes() const { return bytes_; }
  uint64_t window_base() const { return config_.plain_memory != 0 ? 0 : base_; }
  uint32_t watchdog_memory() const {
    return watchdog_memory_ == 0 ? 0 : 1u << (3 * watchdog_memory_ + 6);
  }
  // Cycles between two ticks of the token watchdog, the first after half as many; 0: none.
  Cycle watchdog_token() const {
    return watchdog_token_ == 0 ? 0 : Cycle{1} << (3 * watchdog_token_ + 6);
  }

 private:
  enum State { kIdle, kStart, kRun, kDrain, kClear };
  uint64_t AddressMask() const { return (uint64_t{1} << config_.addr_bits) - 1; }
  void Go(State state, Cycle from) {
    if (state_ == kRun || state_ == kStart) cycles_ = Cycles(from);
    if (state == kStart) from_ = from;
    if (state == kClear) entered_ = from;
    state_ = state;
  }
  void ClearStatus() {
    done_ = fault_ = ignored_ = false;
    code_ = spec::kFaultNone;
    layers_ = 0;
  }
  // The cycle c is one of state Clear.
  void EndClear(Cycle c, bool again) {
    if (wipe_before_) {
      ClearStatus();
      irq_status_ = 0;
    }
    wipe_ = wipe_before_ = again;
    if (again) entered_ = c + 1;
    else state_ = kIdle;
  }
  // What has happened by itself before the cycle c.
  void Settle(Cycle c) {
    if (state_ == kStart && c >= from_ + kSweepCycles) {
      state_ = kRun;
      from_ += kSweepCycles;
    }
    if (state_ == kClear) wipe_before_ = wipe_;
    if (state_ == kClear && c > entered_) EndClear(entered_, false);
  }
  void WriteRw(uint32_t address, uint32_t data) {
    const uint32_t mask = static_cast<uint32_t>(AddressMask());
    switch (address) {
      case spec::kRegIrqEnable: irq_enable_ = data & 3; break;
      case spec::kRegWatchdogMemory: watchdog_memory_ = data & 7; break;
      case spec::kRegWatchdogToken: watchdog_token_ = data & 7; break;
      case spec::kRegWindowBaseLo: base_ = (base_ & ~0xffffffffull) | (data & ~0xfffu); break;
      case spec::kRegWindowBaseHi: base_ = (base_ & 0xffffffff) | uint64_t{data} << 32; break;
      case spec::kRegWindowSize: size_ = data & mask & ~63u; break;
      case spec::kRegProgram: program_ = data & mask & ~63u; break;
      case spec::kRegProgramBytes:
        bytes_ = data & mask & ~static_cast<uint32_t>(config_.mem_bytes - 1);
        break;
      default: break;
    }
  }

  const Config config_;
  State state_ = kIdle;
  Cycle from_ = 0;     // kStart: its first cycle; kRun: cycle 0
  Cycle entered_ = 0;  // kClear: its cycle
  bool done_ = false, fault_ = false, ignored_ = false, wipe_ = false, wipe_before_ = false;
  int code_ = 0, layers_ = 0;
  uint64_t fault_address_ = 0, cycles_ = 0, base_ = 0;
  uint32_t cycles_hi_ = 0, size_ = 0, program_ = 0, bytes_ = 0;
  uint32_t watchdog_memory_ = 0, watchdog_token_ = 0, irq_status_ = 0, irq_enable_ = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_CSR_H_
