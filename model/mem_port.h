// SPDX-License-Identifier: Apache-2.0
// Twin of weft_mem_port with the memory behind it. The port is the one place where the order of
// time decides (four clients, two directions, one memory), so it is advanced in order of time, from
// one cycle in which something happens to the next. Within a cycle everything is decided from the
// state at its start; the order of the steps in AxiCycle and PlainCycle is without effect.
#ifndef WEFT_MODEL_MEM_PORT_H_
#define WEFT_MODEL_MEM_PORT_H_

#include <cstdint>
#include <vector>

#include "model/event_log.h"
#include "model/memory_model.h"
#include "model/move.h"
#include "model/platform_memory.h"

namespace weft::model {

class MemPort {
 public:
  struct Config {
    int mem_bytes = 8, max_burst_bytes = 128, max_reads = 8, max_writes = 8;
    bool plain = false;
  };
  struct Fault {
    int code = 0;
    uint64_t address = 0;
    Cycle cycle = kNever;  // fault_o is up from here on
  };

  // Readers: 0 fetch, 1 FL, 2 IL; null: that client never asks. platform: who has the memory's
  // bytes; null: the model itself.
  MemPort(const Config& config, MemoryModel* memory, ReadClient* fetch, ReadClient* fl,
          ReadClient* il, WriteClient* store, PlatformMemory* platform = nullptr);
  void SetWindow(uint64_t base, uint32_t size) {
    base_ = base & ~uint64_t{0xfff};
    size_ = size;
  }
  void set_log(EventLog* log) { log_ = log; }  // null: none
  void SetWatchdog(uint32_t cycles) { watchdog_ = cycles; }
  // Idle at the start of `cycle`; the memory's segment starts there too.
  void Reset(Cycle cycle);
  void Stop(Cycle cycle) { stop_at_ = cycle; }  // stop_i is up from that cycle on

  // The first cycle not yet advanced over in which something can happen, as far as the clients
  // know; kNever: waits for a client.
  Cycle NextEvent() const;
  // Advances over all cycles before `until`. Clients must not later report a request or a beat for
  // a cycle before it. ReturnEarly, called from inside, returns after the current cycle; so does a
  // fault.
  void Advance(Cycle until);
  void ReturnEarly() { return_early_ = true; }
  Cycle now() const { return next_; }  // first cycle not yet advanced over

  bool idle() const { return reads_ == 0 && writes_ == 0 && !busy_; }
  const Fault& fault() const { return fault_; }

 private:
  static constexpr int kRing = 64;  // a power of two, more than max_reads and max_writes
  struct Burst {
    int client;
    MemRequest request;
  };

  void AxiCycle(Cycle c);
  void PlainCycle(Cycle c);
  void Arbitrate(Cycle c, bool read_open, bool write_open);
  MemoryModel::Out BeginMemory(Cycle c);
  void EndMemory(const MemoryModel::Out& out);
  Cycle RequestAt(int client) const;
  bool Outstanding() const { return busy_ || reads_ > 0 || writes_ > 0; }
  void LogGrant(Cycle c);
  void LogReadBeat(Cycle c, int client, const uint8_t* data, bool last);
  void LogWriteBeat(Cycle c);
  void Raise(Cycle c, int code, uint32_t offset);
  uint64_t Address(const MemRequest& r) const { return base_ + r.offset; }

  const Config config_;
  MemoryModel* const memory_;
  ReadClient* const readers_[3];
  WriteClient* const store_;
  PlatformMemory* const platform_;
  uint64_t base_ = 0;
  uint32_t size_ = 0, watchdog_ = 0;
  Cycle next_ = 0, stop_at_ = kNever, last_moved_ = 0;
  bool halt_ = false, return_early_ = false, changed_ = false;
  Fault fault_;
  MemoryModel::In in_;
  EventLog* log_ = nullptr;
  BurstLog bursts_;

  // What the arbiter did in the current cycle.
  int granted_client_ = -1;  // 3 is the store
  MemRequest granted_;

  // AXI side
  bool ar_up_ = false, aw_up_ = false;
  MemRequest ar_, aw_;
  Burst read_ring_[kRing];
  MemRequest write_ring_[kRing];
  unsigned read_head_ = 0, write_head_ = 0, data_head_ = 0;
  int reads_ = 0, writes_ = 0, datas_ = 0;  // unanswered reads and writes, writes with data to send
  int data_beat_ = 0;
  bool offered_ = false;   // the beat shown by the memory is offered to its client
  Cycle accept_ = kNever;  // who takes it in this cycle

  // Plain side
  bool busy_ = false;
  Burst burst_{0, {}};
  int asked_ = 0, answered_ = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_MEM_PORT_H_
