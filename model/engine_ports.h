// SPDX-License-Identifier: Apache-2.0
// What a memory engine (FL, IL, ST) is connected to: its port of the GLB, and who hosts it.
#ifndef WEFT_MODEL_ENGINE_PORTS_H_
#define WEFT_MODEL_ENGINE_PORTS_H_

#include <cstdint>
#include <cstring>

#include "model/glb.h"
#include "model/move.h"

namespace weft::model {

class EnginePorts final : public GlbWritePort, public GlbReadPort, public MoveListener {
 public:
  enum Engine { kFl, kIl, kSt, kEngines };  // the numbers of their queues

  // What the engines say, at the latest in the cycle that is named.
  class Host {
   public:
    virtual ~Host() = default;
    virtual void CommandFired(int engine) = 0;
    virtual void CommandDone(int engine, Cycle cycle) = 0;
    virtual void LayerEnd(Cycle cycle, int parity) = 0;
    virtual uint64_t RecordWord(int index) = 0;
    virtual void RecordDone(Cycle cycle) = 0;
    virtual void OutsideGlb(Cycle cycle) = 0;
  };

  EnginePorts(Engine engine, Glb* glb) : engine_(engine), glb_(*glb) {}
  void set_host(Host* host) { host_ = host; }

  Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) override {
    const Cycle cycle = glb_.WriteFire(engine_ == kFl ? kWriteLf : kWriteLi, from);
    if (glb_.Outside(address)) {
      host_->OutsideGlb(cycle);
    } else {
      std::memcpy(glb_.bytes() + address, bytes, static_cast<size_t>(count));
    }
    return cycle;
  }
  Cycle Read(Cycle from, uint32_t address, const uint8_t** word) override {
    const Cycle cycle = glb_.ReadFire(kReadStr, from);
    if (glb_.Outside(address)) {
      host_->OutsideGlb(cycle - glb_.Late(kReadStr));
      address = 0;
    }
    *word = glb_.Word(address);
    return cycle;
  }
  void Done(Cycle cycle, int /*parity*/) override { host_->CommandDone(engine_, cycle); }
  void CommandFired(Cycle /*cycle*/) override { host_->CommandFired(engine_); }
  void LayerEnd(Cycle cycle, int parity) override { host_->LayerEnd(cycle, parity); }
  uint64_t RecordWord(Cycle /*cycle*/, int index) override { return host_->RecordWord(index); }
  void RecordDone(Cycle cycle) override { host_->RecordDone(cycle); }

 private:
  const Engine engine_;
  Glb& glb_;
  Host* host_ = nullptr;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_ENGINE_PORTS_H_
