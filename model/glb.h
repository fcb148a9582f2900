// SPDX-License-Identifier: Apache-2.0
// Twin of weft_glb. A client asks for the first cycle >= from in which its access fires, `from`
// being the first cycle in which it is valid:
//   banked         from
//   single-ported  read k: first cycle > from with cycle mod 9 == k + 1 (made in the cycle before)
//                  (act, psr, str; flt and res in nano without the + 1: their data do not stay)
//                  write k: first cycle >= from with cycle mod 9 == 5 + k
// Bytes written in cycle c are read by accesses made in c + 1 or later; the compiler's semaphores
// order them, so reads here see what has been written so far. An access beyond the end is a fault in
// the cycle after it is made; conflicts are not looked for.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

#include "model/event_log.h"
#include "model/time.h"

namespace weft::model {

enum GlbReader { kReadAct, kReadFlt, kReadPsr, kReadRes, kReadStr, kGlbReaders };
enum GlbWriter { kWriteLf, kWriteLi, kWritePsw, kWriteOut, kGlbWriters };

struct GlbParameters {
  int banks = 27, bank_bytes = 4096, word_bytes = 16;
  bool single_port = false;
  bool hold_flt = true, hold_res = true;  // single-ported: data stay until the next read
};

class Glb {
 public:
  static constexpr int kSlots = 9;

  explicit Glb(const GlbParameters& parameters)
      : p_(parameters), size_(static_cast<uint32_t>(p_.banks * p_.bank_bytes)), bytes_(size_) {}

  void set_log(EventLog* log) { log_ = log; }  // null: none

  // Asked once per access.
  Cycle ReadFire(int reader, Cycle from) const {
    const Cycle fire = p_.single_port ? Slot(from, reader) + Late(reader) : from;
    if (log_ != nullptr) log_->Count(fire, Event::kGlbReads, 1);
    return fire;
  }
  Cycle WriteFire(int writer, Cycle from) const {
    const Cycle fire = p_.single_port ? Slot(from, kGlbReaders + writer) : from;
    if (log_ != nullptr) log_->Count(fire, Event::kGlbWrites, 1);
    return fire;
  }
  // Cycles from a single-ported read's access to its fire: without a register, none.
  Cycle Late(int reader) const {
    if (!p_.single_port) return 0;
    return (reader == kReadFlt && !p_.hold_flt) || (reader == kReadRes && !p_.hold_res) ? 0 : 1;
  }
  bool Outside(uint32_t address) const { return address >= size_; }
  int Bank(uint32_t address) const { return static_cast<int>(address) / p_.bank_bytes; }

  // The word that holds the byte; address < size().
  const uint8_t* Word(uint32_t address) const { return &bytes_[address & ~(word() - 1)]; }
  // Bit b of `enable`: byte b of the word is written. An address outside is dropped.
  void Write(uint32_t address, uint32_t enable, const uint8_t* data) {
    if (Outside(address)) return;
    uint8_t* to = &bytes_[address & ~(word() - 1)];
    for (uint32_t b = 0; b < word(); ++b)
      if (enable >> b & 1) to[b] = data[b];
  }
  uint32_t size() const { return size_; }
  uint8_t* bytes() { return bytes_.data(); }

 private:
  uint32_t word() const { return static_cast<uint32_t>(p_.word_bytes); }
  static Cycle Slot(Cycle from, int slot) {
    return from + (slot + kSlots - from % kSlots) % kSlots;
  }

  const GlbParameters p_;
  const uint32_t size_;
  std::vector<uint8_t> bytes_;
  EventLog* log_ = nullptr;
};

}  // namespace weft::model
