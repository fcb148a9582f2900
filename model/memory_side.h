// SPDX-License-Identifier: Apache-2.0
// The memory port and the engines on it, hosted: filter load, ifmap load, store. Advanced in order
// of time by the port.
#ifndef WEFT_MODEL_MEMORY_SIDE_H_
#define WEFT_MODEL_MEMORY_SIDE_H_

#include <cstdint>
#include <vector>

#include "model/config.h"
#include "model/glb.h"
#include "model/load.h"
#include "model/mem_port.h"
#include "model/store.h"

namespace weft::model {

class MemorySide {
 public:
  enum Engine { kFl, kIl, kSt, kEngines };  // the numbers of their queues

  // What the engines say, at the latest in the cycle that is named.
  class Host {
   public:
    virtual ~Host() = default;
    virtual void LayerEnd(Cycle cycle, int parity) = 0;
    virtual uint64_t RecordWord(int index) = 0;
    virtual void RecordDone(Cycle cycle) = 0;
    virtual void OutsideGlb(Cycle cycle) = 0;
  };
  struct End {
    int engine;
    Cycle cycle;
  };

  MemorySide(const weft::Config& config, Glb* glb, MemoryModel* memory, ReadClient* fetch,
             Host* host)
      : ports_{{this, kFl}, {this, kIl}, {this, kSt}},
        glb_(*glb),
        host_(*host),
        fl_(LoadConfig(config), &ports_[kFl], &ports_[kFl]),
        il_(LoadConfig(config), &ports_[kIl], &ports_[kIl]),
        st_(StoreConfig(config), &ports_[kSt], &ports_[kSt]),
        port_({config.mem_bytes, config.max_burst_bytes, config.max_reads, config.max_writes,
               config.plain_memory != 0},
              memory, fetch, &fl_, &il_, &st_) {}

  void Reset() {
    port_.Reset(0);
    fl_.Reset(0);
    il_.Reset(0);
    st_.Reset(0);
    ends_.clear();
  }

  // A command of the front end is valid from `valid` on.
  void Command(int engine, Cycle valid, int opcode, const uint32_t* words, int parity) {
    if (engine == kSt) {
      st_.Command(valid, opcode, words, parity);
    } else {
      load(engine).Command(valid, words, parity);
    }
  }
  bool has_command(int engine) {
    return engine == kSt ? st_.has_command() : load(engine).has_command();
  }
  Cycle command_fired(int engine) {
    return engine == kSt ? st_.command_fired() : load(engine).command_fired();
  }
  // Commands done since it was cleared.
  std::vector<End>& ends() { return ends_; }

  // Classes up to before `cycle` are in the logs from here on.
  void Classify(Cycle cycle) {
    for (int engine : {kFl, kIl})
      load(engine).classes().Add(cycle,
                                 load(engine).idle() ? spec::kClassIdle : spec::kClassMemory);
    st_.classes().Add(cycle, st_.idle() ? spec::kClassIdle : spec::kClassMemory);
  }
  MemPort& port() { return port_; }
  Load& load(int engine) { return engine == kFl ? fl_ : il_; }
  Store& store() { return st_; }

 private:
  // What one engine is connected to.
  class Ports final : public GlbWritePort, public GlbReadPort, public MoveListener {
   public:
    Ports(MemorySide* side, int engine) : side_(*side), engine_(engine) {}
    Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) override {
      const Cycle cycle = side_.glb_.WriteFire(engine_ == kFl ? kWriteLf : kWriteLi, from);
      if (side_.glb_.Outside(address)) {
        side_.host_.OutsideGlb(cycle);
      } else {
        std::memcpy(side_.glb_.bytes() + address, bytes, static_cast<size_t>(count));
      }
      return cycle;
    }
    Cycle Read(Cycle from, uint32_t address, const uint8_t** word) override {
      const Cycle cycle = side_.glb_.ReadFire(kReadStr, from);
      if (side_.glb_.Outside(address)) {
        side_.host_.OutsideGlb(cycle);
        address = 0;
      }
      *word = side_.glb_.Word(address);
      return cycle;
    }
    void Done(Cycle cycle, int /*parity*/) override {
      side_.ends_.push_back({engine_, cycle});
      side_.port_.ReturnEarly();
    }
    void CommandFired(Cycle /*cycle*/) override { side_.port_.ReturnEarly(); }
    void LayerEnd(Cycle cycle, int parity) override {
      side_.host_.LayerEnd(cycle, parity);
      side_.port_.ReturnEarly();
    }
    uint64_t RecordWord(Cycle /*cycle*/, int index) override {
      return side_.host_.RecordWord(index);
    }
    void RecordDone(Cycle cycle) override { side_.host_.RecordDone(cycle); }

   private:
    MemorySide& side_;
    const int engine_;
  };

  static int AddrBits(const weft::Config& c) { return c.plain_memory != 0 ? 24 : 32; }
  static Load::Config LoadConfig(const weft::Config& c) {
    return {c.glb_bytes, c.mem_bytes, c.max_burst_bytes, c.max_reads, AddrBits(c)};
  }
  static Store::Config StoreConfig(const weft::Config& c) {
    return {c.glb_bytes,         c.mem_bytes,
            c.max_burst_bytes,   c.max_writes,
            spec::kRecordWords,  c.plain_memory != 0 ? 1 : 2,
            AddrBits(c)};
  }

  Ports ports_[kEngines];
  Glb& glb_;
  Host& host_;
  Load fl_, il_;
  Store st_;
  MemPort port_;
  std::vector<End> ends_;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_MEMORY_SIDE_H_
