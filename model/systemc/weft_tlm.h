// SPDX-License-Identifier: Apache-2.0
// The exact model for a SystemC platform of one's own: registers behind a TLM-2.0 target socket,
// memory behind an initiator socket, an interrupt. The one header to include; link with
// weft_tlm. docs/tlm.md tells the rest; examples/tlm_platform/ is a platform around it.
//
// registers, 32 bits wide: the register window (docs/registers.md), addresses from its start, 0 to
//   0xfff. b_transport, one aligned word a transaction, no byte enables. nb_transport goes through
//   the socket's own adapter. transport_dbg reads, of what the model has got to, without effect on
//   registers or time. No DMI.
//     wrong address, not a multiple of 4    TLM_ADDRESS_ERROR_RESPONSE
//     length or streaming width not 4       TLM_BURST_ERROR_RESPONSE
//     byte enables                          TLM_BYTE_ENABLE_ERROR_RESPONSE
//     neither read nor write                TLM_COMMAND_ERROR_RESPONSE
//     from within an access by `memory`     TLM_GENERIC_ERROR_RESPONSE
//   The delay grows to the end of the clock cycle in which the access took place. While a segment
//   runs, the model is up to `quantum` ahead and the access takes place there, never in the past.
//   b_transport waits only while the target of `memory` does.
//
// memory, 64 bits wide: one transaction a burst of whole beats, read or write, with byte enables
//   where not every byte is written; by DMI where the target offers it. Addresses are those of the
//   DMA window (registers window_base, window_size). Any response but OK becomes a fault mem_read
//   or mem_write with the burst's address.
//   Timing is the built-in memory model's (model/memory_model.h), so cycles equal those of
//   `weft run --engine systemc --memory ...` and of the RTL. The delay tells the target when the
//   burst's first read beat or last write beat is on the bus; what the target adds is not used, and
//   a target that waits makes the interrupt late but changes no cycle count.
//
// interrupt: changes at the exact time.
#ifndef WEFT_MODEL_SYSTEMC_WEFT_TLM_H_
#define WEFT_MODEL_SYSTEMC_WEFT_TLM_H_

#include <cstddef>
#include <cstdint>
#include <systemc>

#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "model/config.h"
#include "model/memory_model.h"
#include "model/platform_memory.h"
#include "model/systemc/accelerator_module.h"

namespace weft::systemc {

struct TlmOptions {
  MemoryParams memory;        // beat_bytes and plain are the configuration's, whatever they say
  sc_core::sc_time period;    // zero: that of the configuration's clock
  Cycle quantum = 1000;       // cycles that the model may be ahead of SystemC's time
};

class TlmAccelerator final : public sc_core::sc_module {
 public:
  // Throws Error for memory parameters out of range.
  TlmAccelerator(sc_core::sc_module_name name, const Config& config,
                 const TlmOptions& options = {});

  tlm_utils::simple_target_socket<TlmAccelerator, 32> registers;
  tlm_utils::simple_initiator_socket<TlmAccelerator, 64> memory;
  sc_core::sc_out<bool> interrupt;

  // To the power-on state, as by the reset line. From a thread, like an access.
  void Reset();

 private:
  void Transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned Debug(tlm::tlm_generic_payload& payload);
  int Burst(tlm::tlm_command command, uint64_t address, uint8_t* bytes, const uint8_t* enables,
            size_t count);
  void ForgetDmi(sc_dt::uint64 begin, sc_dt::uint64 end);
  bool InDmi(tlm::tlm_command command, uint64_t address, size_t count) const;

  MemoryModel timing_;  // has no bytes
  model::PlatformMemory bytes_;
  tlm::tlm_dmi dmi_;  // none while its start is beyond its end
  AcceleratorModule accelerator_;
};

}  // namespace weft::systemc

#endif  // WEFT_MODEL_SYSTEMC_WEFT_TLM_H_
