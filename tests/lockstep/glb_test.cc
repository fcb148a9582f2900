// SPDX-License-Identifier: Apache-2.0
// weft_glb against model/glb.h: nine clients with random accesses and gaps. When every access
// fires, what every read port shows in every cycle in which it is defined, and conflict and range
// pulses; after a reset in mid-flight, with random initial memories.
#include "model/glb.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "Vglb_few.h"
#include "Vglb_nano.h"
#include "Vglb_odd.h"
#include "Vglb_one.h"
#include "Vglb_single16.h"
#include "Vglb_weft168.h"
#include "tests/lockstep/mem_bench.h"
#include "tests/lockstep/post_bench.h"

namespace weft::lockstep {
namespace {

using model::GlbParameters;
using model::kGlbReaders;
using model::kGlbWriters;

struct Access {
  Cycle valid, fire;
  uint32_t address, enable;
  uint8_t data[32];
};

struct Case {
  uint64_t seed;
  GlbParameters parameters;
  std::vector<Access> reads[kGlbReaders], writes[kGlbWriters];
  Cycle cycles;
};

// A byte that may be read: known or not (never written, or written while it was read).
struct Byte {
  uint8_t value = 0;
  bool known = false;
};
using Word = std::vector<Byte>;

Case MakeCase(uint64_t seed, const GlbParameters& p, const model::Glb& glb) {
  Random random(seed);
  Case c;
  c.seed = seed;
  c.parameters = p;
  c.cycles = random.Int(50, 250);
  // Few words, so that they are written and read again; some beyond the end.
  std::vector<uint32_t> words;
  for (int k = random.Int(4, 40); k > 0; --k)
    words.push_back(static_cast<uint32_t>(random.Int(0, static_cast<int>(glb.size()) - 1)));
  words.push_back(0);
  words.push_back(glb.size() - 1);
  if (glb.size() < 1 << 18 && random.Chance(0.2))
    words.push_back(static_cast<uint32_t>(random.Int(static_cast<int>(glb.size()), (1 << 18) - 1)));
  const bool apart =
      random.Chance(0.6);  // clients of a kind keep to banks of their own, if there are enough
  auto draw = [&](std::vector<Access>* list, int client, int clients, bool write) {
    const double busy = random.Chance(0.3) ? 1.0 : random.Chance(0.5) ? 0.5 : 0.1;
    for (Cycle valid = 1;;) {  // nobody asks in the cycle of the doorbell
      while (!random.Chance(busy)) ++valid;
      Access a;
      for (int tries = 0;; ++tries) {
        a.address = words[static_cast<size_t>(random.Int(0, static_cast<int>(words.size()) - 1))];
        if (!apart || p.single_port || glb.Bank(a.address) % clients == client || tries == 20)
          break;
      }
      a.address = (a.address & ~static_cast<uint32_t>(p.word_bytes - 1)) |
                  static_cast<uint32_t>(random.Int(0, p.word_bytes - 1));
      a.enable = random.Chance(0.5) ? ~0u : static_cast<uint32_t>(random.Next());
      for (uint8_t& byte : a.data) byte = static_cast<uint8_t>(random.Next());
      a.valid = valid;
      a.fire = write ? glb.WriteFire(client, valid) : glb.ReadFire(client, valid);
      if (a.fire >= c.cycles) return;
      list->push_back(a);
      valid = a.fire + 1;
    }
  };
  for (int r = 0; r < kGlbReaders; ++r) draw(&c.reads[r], r, kGlbReaders, false);
  for (int w = 0; w < kGlbWriters; ++w) draw(&c.writes[w], w, kGlbWriters, true);
  return c;
}

template <class V>
class Bench {
 public:
  Bench(const Case& c, model::Glb* glb, uint64_t init_seed)
      : c_(c), p_(c.parameters), glb_(*glb), unit_(init_seed), v_(*unit_.v) {}

  size_t Run() {
    Garbage();
    size_t next_read[kGlbReaders] = {}, next_write[kGlbWriters] = {}, compared = 0;
    std::vector<Word> line(64);  // what banks show
    Word hold[kGlbReaders];      // single-ported: what clients see
    int bank[kGlbReaders] = {-1, -1, -1, -1, -1};
    bool pulse_range = false, pulse_conflict = false;
    for (Cycle c = 0; c < c_.cycles; ++c) {
      Drive(c, next_read, next_write);
      unit_.Eval();
      if (pulse_range != v_.range_o || pulse_conflict != v_.conflict_o) {
        ADD_FAILURE() << "seed " << c_.seed << " cycle " << c << " range " << int{v_.range_o}
                      << " conflict " << int{v_.conflict_o};
        return 0;
      }
      for (int r = 0; r < kGlbReaders; ++r) {
        const Word* shown = p_.single_port ? &hold[r]
                            : bank[r] < 0  ? nullptr
                                           : &line[static_cast<size_t>(bank[r])];
        for (int b = 0; shown != nullptr && b < static_cast<int>(shown->size()); ++b) {
          if (!(*shown)[static_cast<size_t>(b)].known) continue;
          ++compared;
          const uint64_t got = TakeBits(v_.rd_data_o, (r * p_.word_bytes + b) * 8, 8);
          if (got != (*shown)[static_cast<size_t>(b)].value) {
            ADD_FAILURE() << "seed " << c_.seed << " cycle " << c << " client " << r << " byte "
                          << b << ": got " << got;
            return 0;
          }
        }
      }
      // Fires, and what they do at the end of the cycle. Of those that meet, the last one counts.
      uint32_t read_at[kGlbReaders], write_at[kGlbWriters];
      bool read[kGlbReaders] = {}, write[kGlbWriters] = {};
      pulse_range = pulse_conflict = false;
      for (int r = 0; r < kGlbReaders; ++r) {
        const bool fire = (v_.rd_valid_i & v_.rd_ready_o) >> r & 1;
        const bool expected =
            next_read[r] < c_.reads[r].size() && c_.reads[r][next_read[r]].fire == c;
        if (fire != expected) {
          ADD_FAILURE() << "seed " << c_.seed << " cycle " << c << " read client " << r << ": twin "
                        << expected << ", rtl " << fire;
          return 0;
        }
        ++compared;
        // The access of a single-ported read is one cycle before its fire.
        const bool made = p_.single_port ? next_read[r] < c_.reads[r].size() &&
                                               c_.reads[r][next_read[r]].fire == c + glb_.Late(r)
                                         : fire;
        if (made) {
          read[r] = true;
          read_at[r] = c_.reads[r][next_read[r]].address;
          pulse_range = pulse_range || glb_.Outside(read_at[r]);
          if (!p_.single_port)
            for (int o = 0; o < r; ++o)
              pulse_conflict =
                  pulse_conflict || (read[o] && glb_.Bank(read_at[o]) == glb_.Bank(read_at[r]));
        }
        if (fire) {
          if (p_.single_port && glb_.Late(r) == 1) hold[r] = pending_;
          ++next_read[r];
        }
      }
      for (int w = 0; w < kGlbWriters; ++w) {
        const bool fire = (v_.wr_valid_i & v_.wr_ready_o) >> w & 1;
        const bool expected =
            next_write[w] < c_.writes[w].size() && c_.writes[w][next_write[w]].fire == c;
        if (fire != expected) {
          ADD_FAILURE() << "seed " << c_.seed << " cycle " << c << " write client " << w
                        << ": twin " << expected << ", rtl " << fire;
          return 0;
        }
        ++compared;
        if (!fire) continue;
        write[w] = true;
        write_at[w] = c_.writes[w][next_write[w]].address;
        pulse_range = pulse_range || glb_.Outside(write_at[w]);
        for (int o = 0; o < w; ++o)
          pulse_conflict =
              pulse_conflict || (write[o] && glb_.Bank(write_at[o]) == glb_.Bank(write_at[w]));
      }
      for (int r = 0; r < kGlbReaders; ++r) {
        const bool brief = p_.single_port && glb_.Late(r) == 0;  // shown in the next cycle only
        if (brief) hold[r] = Word();
        if (!read[r]) continue;
        bank[r] = -1;
        Word word = glb_.Outside(read_at[r]) ? Word() : Read(read_at[r]);
        for (int w = 0; w < kGlbWriters; ++w)
          if (write[w] && Align(write_at[w]) == Align(read_at[r])) word.clear();
        if (p_.single_port) {
          pending_ = word;
          if (brief) hold[r] = word;
        } else if (!glb_.Outside(read_at[r])) {
          bank[r] = glb_.Bank(read_at[r]);
          line[static_cast<size_t>(bank[r])] = word;
        }
      }
      for (int w = 0; w < kGlbWriters; ++w) {
        if (!write[w]) continue;
        const Access& a = c_.writes[w][next_write[w]++];
        bool beaten = false;
        for (int o = w + 1; o < kGlbWriters; ++o)
          beaten = beaten || (write[o] && glb_.Bank(write_at[o]) == glb_.Bank(a.address));
        if (beaten || glb_.Outside(a.address)) continue;
        glb_.Write(a.address, a.enable, a.data);
        std::vector<bool>& known = known_[Align(a.address)];
        known.resize(static_cast<size_t>(p_.word_bytes));
        for (size_t b = 0; b < known.size(); ++b)
          if (a.enable >> b & 1) known[b] = true;
      }
      unit_.Clock();
    }
    return compared;
  }

 private:
  uint32_t Align(uint32_t address) const {
    return address & ~static_cast<uint32_t>(p_.word_bytes - 1);
  }
  Word Read(uint32_t address) {
    Word word(static_cast<size_t>(p_.word_bytes));
    const auto known = known_.find(Align(address));
    if (known == known_.end()) return word;
    for (size_t b = 0; b < word.size(); ++b) word[b] = {glb_.Word(address)[b], known->second[b]};
    return word;
  }
  void Drive(Cycle c, const size_t* next_read, const size_t* next_write) {
    v_.rd_valid_i = v_.wr_valid_i = 0;
    for (int r = 0; r < kGlbReaders; ++r) {
      const bool valid = next_read[r] < c_.reads[r].size() && c_.reads[r][next_read[r]].valid <= c;
      v_.rd_valid_i |= static_cast<uint8_t>(valid << r);
      PutBits(&v_.rd_addr_i, 18 * r, 18,
              valid ? c_.reads[r][next_read[r]].address
                    : Mix(c_.seed, static_cast<uint64_t>(8 * c + r)));
    }
    for (int w = 0; w < kGlbWriters; ++w) {
      const bool valid =
          next_write[w] < c_.writes[w].size() && c_.writes[w][next_write[w]].valid <= c;
      v_.wr_valid_i |= static_cast<uint8_t>(valid << w);
      Access a = {};
      a.address = static_cast<uint32_t>(Mix(c_.seed, static_cast<uint64_t>(8 * c + w)));
      a.enable = ~0u;
      if (valid) a = c_.writes[w][next_write[w]];
      PutBits(&v_.wr_addr_i, 18 * w, 18, a.address);
      // Single-ported: lf and li come from one engine, which drives both alike.
      const int first = p_.single_port && w == model::kWriteLi && c % model::Glb::kSlots == kGlbReaders + w ? 0 : w;
      for (int k = first; k <= w; ++k) {
        PutBits(&v_.wr_be_i, p_.word_bytes * k, p_.word_bytes, a.enable);
        for (int b = 0; b < p_.word_bytes; ++b)
          PutBits(&v_.wr_data_i, (p_.word_bytes * k + b) * 8, 8, a.data[b]);
      }
    }
  }
  void Garbage() {
    Random random(Mix(c_.seed, 99));
    unit_.Reset();
    for (int c = random.Int(0, 40); c > 0; --c) {
      v_.rd_valid_i = static_cast<uint8_t>(random.Int(0, 31));
      v_.wr_valid_i = static_cast<uint8_t>(random.Int(0, 15));
      for (int k = 0; k < 5; ++k) PutBits(&v_.rd_addr_i, 18 * k, 18, random.Next() & 0x3FFFF);
      unit_.Eval();
      unit_.Clock();
    }
    v_.rd_valid_i = v_.wr_valid_i = 0;
    unit_.Reset();
  }

  const Case& c_;
  const GlbParameters p_;
  model::Glb& glb_;
  Unit<V> unit_;
  V& v_;
  std::map<uint32_t, std::vector<bool>> known_;
  Word pending_;  // single-ported: read in the cycle before
};

template <class V>
void RunCases(const char* name, uint64_t base, const GlbParameters& p) {
  constexpr int kCases = 250;
  size_t compared = 0;
  for (int k = 0; k < kCases; ++k) {
    model::Glb glb(p);
    const Case c = MakeCase(base + static_cast<uint64_t>(k), p, glb);
    compared += Bench<V>(c, &glb, base + static_cast<uint64_t>(k)).Run();
    if (::testing::Test::HasFailure()) return;
  }
  std::printf("%s: %d cases, %zu fires and bytes compared\n", name, kCases, compared);
}

TEST(Glb, Weft168) { RunCases<Vglb_weft168>("weft168", 100000, {27, 4096, 16, false}); }
TEST(Glb, Odd) { RunCases<Vglb_odd>("odd", 200000, {16, 1024, 8, false}); }
TEST(Glb, Few) { RunCases<Vglb_few>("few", 300000, {3, 256, 32, false}); }
TEST(Glb, One) { RunCases<Vglb_one>("one", 400000, {1, 131072, 4, false}); }
TEST(Glb, Nano) { RunCases<Vglb_nano>("nano", 500000, {1, 65536, 4, true, false, false}); }
TEST(Glb, Single16) { RunCases<Vglb_single16>("single16", 600000, {1, 512, 16, true}); }

}  // namespace
}  // namespace weft::lockstep
