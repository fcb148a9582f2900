// SPDX-License-Identifier: Apache-2.0
// The memory behind the accelerator: the one class that every engine uses, so that all see the same
// cycles. It is asked for its pins at the start of a cycle and told at the end what the other side
// drove; a caller that knows that nothing would happen may skip cycles (NextEvent). Everything is
// decided from the state at the start of the cycle:
//
//  - Bandwidth: credit grows by bytes_per_cycle every cycle, up to a beat and almost a cycle's
//    more. A read beat takes a beat's bytes when it is first shown, a write beat when it is
//    accepted. When the credit is enough for one of the two only, the read goes first, unless a
//    write beat was held up in the cycle before and the last beat was a read.
//  - Latency: the first beat of a read accepted in cycle a is shown in a + latency or later; the
//    answer of a write whose last beat is accepted in cycle a likewise. Then one beat a cycle, in
//    order. Write beats are accepted from the cycle after their address.
//  - Stalls: a beat, an address or an answer waits 1 to 16 more cycles with probability `stall`,
//    decided by hash(seed, kind, burst, beat), nothing drawn per cycle.
#ifndef WEFT_MODEL_MEMORY_MODEL_H_
#define WEFT_MODEL_MEMORY_MODEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/time.h"

namespace weft {

struct MemoryParams {
  double bytes_per_cycle = 8;  // of both directions together, 1/1024 to 1024
  int latency_cycles = 60;     // 1 to 1,000,000
  double stall = 0;            // 0 to 0.99
  uint64_t seed = 1;
  int beat_bytes = 8;  // MemBytes of the configuration
  bool plain = false;  // PlainMemory of the configuration
};

// "BYTES_PER_CYCLE,LATENCY[,stall=P]" of the command line; throws Error.
MemoryParams ParseMemoryParams(const std::string& text);

// Misbehaviour to test with. A burst is hit when it contains the address.
struct MemoryFaults {
  uint64_t error_address = UINT64_MAX;
  int error_response = 2;             // 2 SLVERR, 3 DECERR
  uint64_t silent_from = UINT64_MAX;  // this burst (in order of acceptance, AR before AW) and later
                                      // ones are never answered
};

// One handshake on the bus, for comparing engines.
struct MemoryEvent {
  enum Kind { kAr, kR, kAw, kW, kB, kAsk, kAnswer };
  Cycle cycle;
  Kind kind;
  uint64_t address;  // kAr, kAw, kAsk; else the response code
  uint64_t data;  // kR, kW, kAnswer: first 8 bytes of the beat under its strobes; addresses: beats
  bool operator==(const MemoryEvent& o) const {
    return cycle == o.cycle && kind == o.kind && address == o.address && data == o.data;
  }
};

class MemoryModel {
 public:
  // Pins that the memory drives. Plain port: ar_ready is p_ready, r_* are the answers.
  struct Out {
    bool ar_ready = false, aw_ready = false, w_ready = false;
    bool r_valid = false, r_last = false, b_valid = false;
    int r_response = 0, b_response = 0;
    const uint8_t* r_data = nullptr;  // beat_bytes bytes while r_valid
  };
  // Pins that the accelerator drives. Plain port: a read request is ar_valid, a write request
  // aw_valid together with w_valid; both are taken when ar_ready.
  struct In {
    bool ar_valid = false, aw_valid = false, w_valid = false, w_last = false;
    bool r_ready = false, b_ready = true;
    uint64_t ar_address = 0, aw_address = 0;
    int ar_beats = 0, aw_beats = 0;
    const uint8_t* w_data = nullptr;
    uint64_t w_strobe = 0;
  };

  // The memory holds `bytes` bytes from address `base` on (both multiples of a beat); an access
  // elsewhere is answered with DECERR.
  MemoryModel(const MemoryParams& params, uint64_t base, size_t bytes);

  std::vector<uint8_t>& bytes() { return bytes_; }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  uint64_t base() const { return base_; }
  const MemoryParams& params() const { return params_; }
  void set_faults(const MemoryFaults& faults) { faults_ = faults; }
  void set_trace(std::vector<MemoryEvent>* trace) { trace_ = trace; }

  // The defined state at the accepted doorbell: nothing outstanding, full credit, burst numbers 0.
  void StartSegment(Cycle cycle);

  // Cycle by cycle, or at least at every cycle in which something is driven anew or NextEvent.
  const Out& Begin(Cycle cycle);
  void End(const In& in);
  // After End: the first later cycle in which the pins can change while the other side's do not;
  // it may be early, never late.
  Cycle NextEvent() const;

  bool idle() const { return reads_.empty() && writes_.empty() && answers_.empty(); }
  // Since construction.
  uint64_t read_beats() const { return read_beats_; }
  uint64_t write_beats() const { return write_beats_; }

 private:
  enum StallKind : uint64_t { kReadBeat, kWriteBeat, kReadAddress, kWriteAddress, kAnswerBeat };
  struct Burst {
    uint64_t address;
    int beats;
    Cycle due;        // first beat or answer at the earliest
    uint64_t number;  // among the bursts of its direction
    int response;
    bool silent;
  };
  // Bursts in order of acceptance; storage is reused.
  class Queue {
   public:
    bool empty() const { return size_ == 0; }
    Burst& front() { return ring_[head_]; }
    const Burst& front() const { return ring_[head_]; }
    void push(const Burst& burst);
    void pop() {
      head_ = (head_ + 1) & (ring_.size() - 1);
      --size_;
    }
    void clear() { head_ = size_ = 0; }

   private:
    std::vector<Burst> ring_ = std::vector<Burst>(16);
    size_t head_ = 0, size_ = 0;
  };

  Cycle Stall(StallKind kind, uint64_t burst, uint64_t beat) const;
  void AcceptAddress(bool write, uint64_t address, int beats);
  void AcceptWriteBeat(const In& in);
  void SetReadTime();
  void SetAnswerTime();
  Cycle CreditTime() const;
  uint8_t* Find(uint64_t address);
  void Record(MemoryEvent::Kind kind, uint64_t address, uint64_t data);

  const MemoryParams params_;
  const uint64_t base_;
  const int64_t rate_, beat_cost_, credit_max_;  // in 1/65536 byte
  std::vector<uint8_t> bytes_, zeros_;
  MemoryFaults faults_;
  std::vector<MemoryEvent>* trace_ = nullptr;

  Cycle now_ = 0;
  Out out_;
  int64_t credit_ = 0;
  bool last_was_read_ = false, write_held_up_ = false;
  bool read_asked_ = false, write_asked_ = false;  // an address was offered and not taken
  Queue reads_, writes_, answers_;
  uint64_t read_number_ = 0, write_number_ = 0, burst_number_ = 0;
  Cycle read_address_from_ = 0, write_address_from_ = 0;  // addresses are accepted from here on
  bool read_shown_ = false, answer_shown_ = false;
  int read_beat_ = 0, write_beat_ = 0;  // of the oldest burst
  Cycle read_from_ = 0, write_from_ = 0, answer_from_ = 0;
  Cycle read_free_ = 0, answer_free_ = 0;  // after the last accepted beat, answer
  uint64_t read_beats_ = 0, write_beats_ = 0;
};

}  // namespace weft

#endif  // WEFT_MODEL_MEMORY_MODEL_H_
