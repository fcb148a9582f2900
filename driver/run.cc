// SPDX-License-Identifier: Apache-2.0
#include "driver/run.h"

#include <fmt/format.h>

#include "model/error.h"

namespace weft::driver {
namespace {

constexpr int64_t kDrainCycles = 100'000;  // longer than any memory needs to answer what is outstanding
constexpr int kDrainPolls = 100;

bool Bit(uint32_t word, int lsb) { return (word >> lsb & 1) != 0; }

uint64_t Read64(Device* device, int lo, int hi) {
  const uint64_t low = device->ReadRegister(static_cast<uint32_t>(lo));  // latches the upper half
  return low | uint64_t{device->ReadRegister(static_cast<uint32_t>(hi))} << 32;
}

void Write(Device* device, int address, uint32_t value) {
  device->WriteRegister(static_cast<uint32_t>(address), value);
}

bool Busy(Device* device) {
  return Bit(device->ReadRegister(spec::kRegStatus), spec::kRegStatusBusyLsb);
}

// The registers that a reset clears.
struct Saved {
  static constexpr int kAddresses[] = {
      spec::kRegIrqEnable,    spec::kRegWatchdogMemory, spec::kRegWatchdogToken,
      spec::kRegWindowBaseLo, spec::kRegWindowBaseHi,   spec::kRegWindowSize};
  uint32_t values[std::size(kAddresses)];
  explicit Saved(Device* device) {
    for (size_t i = 0; i < std::size(kAddresses); ++i)
      values[i] = device->ReadRegister(static_cast<uint32_t>(kAddresses[i]));
  }
  void Restore(Device* device) const {
    for (size_t i = 0; i < std::size(kAddresses); ++i) Write(device, kAddresses[i], values[i]);
  }
};

// Waits for the end of a drain. What the memory never answers only a reset ends.
void Recover(Device* device) {
  for (int poll = 0; poll < kDrainPolls; ++poll) {
    if (!Busy(device)) return;
    device->WaitInterrupt(kDrainCycles / kDrainPolls);
  }
  const Saved saved(device);
  device->Reset();
  saved.Restore(device);
}

}  // namespace

std::string Status::text() const {
  if (done) return fmt::format("done after {} cycles", cycles);
  if (timed_out) return fmt::format("not done after {} cycles, aborted", cycles);
  for (const spec::Fault& fault : spec::kFaults)
    if (fault.code == fault_code)
      return fmt::format("{} at address 0x{:x}, layer {}", fault.text, fault_address, fault_layer);
  return fmt::format("fault {} at address 0x{:x}, layer {}", fault_code, fault_address, fault_layer);
}

void Prepare(Device* device, uint32_t config_hash, const Setup& setup) {
  const uint32_t magic = device->ReadRegister(spec::kRegMagic);
  if (magic != spec::kDeviceMagic)
    throw Error(fmt::format("device: magic number 0x{:08x} is not that of Weft, 0x{:08x}", magic,
                            spec::kDeviceMagic),
                ExitStatus::kMachine);
  const uint32_t version = device->ReadRegister(spec::kRegVersion);
  if (version != spec::kDeviceVersion)
    throw Error(fmt::format("device: version {} of the registers, this driver knows {}", version,
                            spec::kDeviceVersion),
                ExitStatus::kMachine);
  const uint32_t hash = device->ReadRegister(spec::kRegConfigHash);
  if (hash != config_hash)
    throw Error(fmt::format("device: its configuration is 0x{:08x}, the program's 0x{:08x}", hash,
                            config_hash),
                ExitStatus::kMachine);
  if (Busy(device)) {
    Write(device, spec::kRegControl, 1u << spec::kRegControlSoftResetLsb);
    Recover(device);
  }
  Write(device, spec::kRegIrqStatus, 3);
  Write(device, spec::kRegIrqEnable, 3);
  Write(device, spec::kRegWindowBaseLo, static_cast<uint32_t>(setup.window_base));
  Write(device, spec::kRegWindowBaseHi, static_cast<uint32_t>(setup.window_base >> 32));
  Write(device, spec::kRegWindowSize, setup.window_bytes);
  Write(device, spec::kRegWatchdogMemory, static_cast<uint32_t>(setup.memory_watchdog));
  Write(device, spec::kRegWatchdogToken, static_cast<uint32_t>(setup.token_watchdog));
  // Bits that the device does not have read 0.
  if (Read64(device, spec::kRegWindowBaseLo, spec::kRegWindowBaseHi) != setup.window_base ||
      device->ReadRegister(spec::kRegWindowSize) != setup.window_bytes)
    throw Error(fmt::format("device: no window of {} bytes at 0x{:x}; it can be {} bytes at 0x{:x}",
                            setup.window_bytes, setup.window_base,
                            device->ReadRegister(spec::kRegWindowSize),
                            Read64(device, spec::kRegWindowBaseLo, spec::kRegWindowBaseHi)));
}

Status RunSegment(Device* device, uint32_t offset, uint32_t bytes, int64_t timeout_cycles) {
  if (Busy(device)) throw Error("device: busy", ExitStatus::kDevice);
  Write(device, spec::kRegIrqStatus, 3);
  Write(device, spec::kRegProgram, offset);
  Write(device, spec::kRegProgramBytes, bytes);
  if (device->ReadRegister(spec::kRegProgram) != offset ||
      device->ReadRegister(spec::kRegProgramBytes) != bytes)
    throw Error(fmt::format("device: no program of {} bytes at offset 0x{:x}; offsets are multiples "
                            "of 64, lengths of the memory's beat",
                            bytes, offset));
  Write(device, spec::kRegDoorbell, 1u << spec::kRegDoorbellStartLsb);
  const bool interrupt = device->WaitInterrupt(timeout_cycles);

  Status status;
  uint32_t word = device->ReadRegister(spec::kRegStatus);
  const bool ended = Bit(word, spec::kRegStatusDoneLsb) || Bit(word, spec::kRegStatusFaultLsb);
  if (!interrupt && !ended) {
    status.timed_out = true;
    Write(device, spec::kRegControl, 1u << spec::kRegControlAbortLsb);
    word = 0;
  }
  status.cycles = static_cast<int64_t>(Read64(device, spec::kRegCyclesLo, spec::kRegCyclesHi));
  status.done = Bit(word, spec::kRegStatusDoneLsb);
  if (Bit(word, spec::kRegStatusFaultLsb)) {
    status.fault_code = static_cast<int>(word >> spec::kRegStatusFaultCodeLsb &
                                         ((1u << spec::kRegStatusFaultCodeW) - 1));
    status.fault_address = Read64(device, spec::kRegFaultAddrLo, spec::kRegFaultAddrHi);
    status.fault_layer = static_cast<int>(device->ReadRegister(spec::kRegFaultLayer));
  }
  Write(device, spec::kRegIrqStatus, 3);
  if (!status.done) Recover(device);
  return status;
}

Record ParseRecord(const uint8_t* bytes) {
  const auto word = [bytes](size_t index) {
    uint64_t value = 0;
    for (size_t b = 8; b-- > 0;) value = value << 8 | bytes[index * 8 + b];
    return static_cast<int64_t>(value);
  };
  Record record;
  record.layer = word(spec::kRecordLayer);
  record.start = word(spec::kRecordStart);
  record.end = word(spec::kRecordEnd);
  record.flags = word(spec::kRecordFlags);
  for (size_t e = 0; e < record.events.size(); ++e) record.events[e] = word(spec::kRecordEvents + e);
  for (size_t c = 0; c < record.classes.size(); ++c)
    record.classes[c] = word(spec::kRecordClasses + c);
  return record;
}

Record ReadRecord(Device* device, uint64_t offset) {
  uint8_t bytes[kRecordBytes];
  device->ReadMemory(offset, bytes, sizeof bytes);
  return ParseRecord(bytes);
}

}  // namespace weft::driver
