// SPDX-License-Identifier: Apache-2.0
// What every device offers to the driver, whether verilated, modelled or on a board: the
// registers of docs/registers.md and the memory window that the accelerator reads and writes.
// A back end reports what fails on its side (a closed port, a lost line) by throwing Error(kMachine).

#ifndef WEFT_DRIVER_DEVICE_H_
#define WEFT_DRIVER_DEVICE_H_

#include <cstddef>
#include <cstdint>

namespace weft::driver {

class Device {
 public:
  virtual ~Device() = default;

  // Registers; `address` in bytes from the start of the register window, a multiple of 4.
  virtual uint32_t ReadRegister(uint32_t address) = 0;
  virtual void WriteRegister(uint32_t address, uint32_t value) = 0;

  // Memory; `offset` in bytes from the start of the DMA window.
  virtual void ReadMemory(uint64_t offset, uint8_t* bytes, size_t count) = 0;
  virtual void WriteMemory(uint64_t offset, const uint8_t* bytes, size_t count) = 0;

  // Waits until the interrupt is high, for about `timeout_cycles` of the accelerator's clock at
  // most; returns whether it is. A back end without an interrupt line reads irq_status instead.
  virtual bool WaitInterrupt(int64_t timeout_cycles) = 0;

  // To the power-on state, whatever is outstanding. Memory keeps its contents.
  virtual void Reset() = 0;
};

}  // namespace weft::driver

#endif  // WEFT_DRIVER_DEVICE_H_
