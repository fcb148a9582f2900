// SPDX-License-Identifier: Apache-2.0
// The units of one accelerator, wherever they are hosted (model/systemc/modules.h), and the
// parameters that its configuration gives them.
#ifndef WEFT_MODEL_UNITS_H_
#define WEFT_MODEL_UNITS_H_

#include "model/compute.h"
#include "model/config.h"
#include "model/control.h"
#include "model/engine_ports.h"
#include "model/glb.h"
#include "model/load.h"
#include "model/mem_port.h"
#include "model/store.h"

namespace weft::model {

struct Units {
  Glb* glb = nullptr;
  Control* control = nullptr;
  Compute* compute = nullptr;  // a new one for every segment
  EnginePorts* ports[EnginePorts::kEngines] = {};
  Load* fl = nullptr;
  Load* il = nullptr;
  Store* st = nullptr;
  MemPort* port = nullptr;
};

inline GlbParameters GlbConfig(const weft::Config& c) {
  // Who takes a word at once needs no register that holds it.
  const bool one_step = c.rows * c.lanes == c.glb_bytes && c.glb_bytes == 4;
  return {c.glb_banks,     c.glb_bank_bytes, c.glb_bytes, c.glb_single_port != 0,
          !one_step,       c.post_serial == 0};
}
inline int MemoryAddrBits(const weft::Config& c) { return c.plain_memory != 0 ? 24 : 32; }
inline WalkCycles WalkConfig(const weft::Config& c) {
  return c.glb_single_port != 0 ? kSerialWalk : WalkCycles{};
}
// The mover has one burst outstanding.
inline int Outstanding(const weft::Config& c, int most) { return c.glb_single_port != 0 ? 1 : most; }
inline Load::Config LoadConfig(const weft::Config& c) {
  return {c.glb_bytes,       c.mem_bytes,
          c.max_burst_bytes, Outstanding(c, c.max_reads),
          MemoryAddrBits(c), WalkConfig(c)};
}
inline Store::Config StoreConfig(const weft::Config& c) {
  return {c.glb_bytes,        c.mem_bytes,
          c.max_burst_bytes,  Outstanding(c, c.max_writes),
          spec::kRecordWords, c.plain_memory != 0 ? 1 : 2,
          MemoryAddrBits(c),  WalkConfig(c)};
}
inline MemPort::Config MemPortConfig(const weft::Config& c) {
  return {c.mem_bytes, c.max_burst_bytes, c.max_reads, c.max_writes, c.plain_memory != 0};
}

}  // namespace weft::model

#endif  // WEFT_MODEL_UNITS_H_
