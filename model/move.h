// SPDX-License-Identifier: Apache-2.0
// What load and store twins share: the operands of a move, its cut into bursts (twin of
// weft_move; the owner knows the times), and the ports and callbacks through which a host
// connects an engine. Every time that crosses them is exact and final.
#ifndef WEFT_MODEL_MOVE_H_
#define WEFT_MODEL_MOVE_H_

#include <algorithm>
#include <cstdint>

#include "model/spec_gen.h"
#include "model/time.h"

namespace weft::model {

struct Move {
  uint32_t mem = 0, glb = 0, run = 0, n1 = 0, n2 = 0;
  uint32_t mem_stride1 = 0, mem_stride2 = 0, glb_stride1 = 0, glb_stride2 = 0;

  bool null() const { return run == 0 || n1 == 0 || n2 == 0; }
  static Move Decode(const uint32_t* words) {
    auto get = [&](const spec::Field& f) {
      const uint32_t mask = f.width == 32 ? 0xffffffffu : (1u << f.width) - 1;
      return (words[f.word] >> f.lsb) & mask;
    };
    return {get(spec::kMoveMem),        get(spec::kMoveGlb),        get(spec::kMoveRun),
            get(spec::kMoveN1),         get(spec::kMoveN2),         get(spec::kMoveMemStride1),
            get(spec::kMoveMemStride2), get(spec::kMoveGlbStride1), get(spec::kMoveGlbStride2)};
  }
};

// A request to the memory port: offset in the DMA window, a multiple of MemBytes.
struct MemRequest {
  uint32_t offset = 0;
  int beats = 0;
};

// Bytes of one burst: from memory offset mem and GLB address glb on.
struct MoveBurst {
  uint32_t mem = 0, glb = 0;
  int bytes = 0;
  bool last = false;  // of the command
  int lane(int mem_bytes) const {
    return static_cast<int>(mem & static_cast<uint32_t>(mem_bytes - 1));
  }
  MemRequest Request(int mem_bytes) const {
    return {mem & ~static_cast<uint32_t>(mem_bytes - 1),
            (lane(mem_bytes) + bytes + mem_bytes - 1) / mem_bytes};
  }
};

// Cycles from a command's valid to its first burst, from a burst's grant to the next one of its run
// and to that of another run, and from valid to the fire of a command of nothing.
struct WalkCycles {
  int first = 1, burst = 1, run = 1, null = 0;
};
constexpr WalkCycles kSerialWalk = {14, 2, 14, 6};  // weft_move_serial

class MoveWalk {
 public:
  void Start(const Move& move, int max_burst_bytes, uint32_t address_mask) {
    move_ = move;
    block_ = static_cast<uint32_t>(max_burst_bytes);
    mask_ = address_mask;
    row_mem_ = run_mem_ = move.mem;
    row_glb_ = run_glb_ = move.glb;
    i1_ = i2_ = 1;
    done_ = 0;
    Cut();
  }
  const MoveBurst& burst() const { return burst_; }
  bool begins_run() const { return done_ == 0; }
  void Next() {
    done_ += static_cast<uint32_t>(burst_.bytes);
    if (done_ == move_.run) {
      done_ = 0;
      if (i1_ < move_.n1) {
        ++i1_;
        run_mem_ += move_.mem_stride1;
        run_glb_ += move_.glb_stride1;
      } else {
        i1_ = 1;
        ++i2_;
        run_mem_ = row_mem_ += move_.mem_stride2;
        run_glb_ = row_glb_ += move_.glb_stride2;
      }
    }
    Cut();
  }

 private:
  void Cut() {
    burst_.mem = (run_mem_ + done_) & mask_;
    burst_.glb = (run_glb_ + done_) & 0x3ffff;
    burst_.bytes =
        static_cast<int>(std::min(move_.run - done_, block_ - (burst_.mem & (block_ - 1))));
    burst_.last = done_ + static_cast<uint32_t>(burst_.bytes) == move_.run && i1_ == move_.n1 &&
                  i2_ == move_.n2;
  }

  Move move_;
  uint32_t block_ = 0, mask_ = 0;
  uint32_t row_mem_ = 0, row_glb_ = 0, run_mem_ = 0, run_glb_ = 0, done_ = 0, i1_ = 0, i2_ = 0;
  MoveBurst burst_;
};

// A port of the GLB. The access is offered from cycle `from` on (and after the port's earlier
// ones); the answer is the cycle in which it fires.
class GlbWritePort {
 public:
  virtual ~GlbWritePort() = default;
  virtual Cycle Write(Cycle from, uint32_t address, const uint8_t* bytes, int count) = 0;
};
class GlbReadPort {
 public:
  virtual ~GlbReadPort() = default;
  // *word: the GLB word at `address`, valid until the next call.
  virtual Cycle Read(Cycle from, uint32_t address, const uint8_t** word) = 0;
};

// What an engine tells its host, at the latest in the cycle that it names.
class MoveListener {
 public:
  virtual ~MoveListener() = default;
  virtual void Done(Cycle cycle, int parity) = 0;  // done_o
  virtual void CommandFired(Cycle) {}              // cmd fire, of a command with a burst
  virtual void LayerEnd(Cycle, int /*parity*/) {}  // layer_end_o
  virtual uint64_t RecordWord(Cycle, int /*index*/) {
    return 0;
  }                                  // rec_data_i as used in that cycle
  virtual void RecordDone(Cycle) {}  // rec_done_o
};

// Clients of the memory port, which is advanced in order of time: what a client answers may depend
// on what the port has told it, not on later cycles. RequestAt: the first cycle in which its next
// request is up, kNever while that depends on something still to come.
class ReadClient {
 public:
  virtual ~ReadClient() = default;
  virtual Cycle RequestAt() const = 0;
  virtual MemRequest Request() const = 0;
  virtual void Granted(Cycle cycle) = 0;
  // A beat is offered from cycle `offered` on; returns the cycle in which it is accepted.
  virtual Cycle Beat(Cycle offered, const uint8_t* data, bool last) = 0;
};
class WriteClient {
 public:
  virtual ~WriteClient() = default;
  virtual Cycle RequestAt() const = 0;
  virtual MemRequest Request() const = 0;
  virtual void Granted(Cycle cycle) = 0;
  virtual Cycle DataAt() const = 0;  // first cycle in which the next beat is up
  virtual const uint8_t* Data(uint64_t* strobe) const = 0;
  virtual void Taken(Cycle cycle) = 0;
  virtual void Answered(Cycle cycle) = 0;
};

}  // namespace weft::model

#endif  // WEFT_MODEL_MOVE_H_
