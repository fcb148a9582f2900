// SPDX-License-Identifier: Apache-2.0
// A program file taken apart and put together again with right lengths and CRCs, so that what is
// wrong in it reaches the checks behind them.

#ifndef WEFT_TESTS_SUPPORT_PROGRAM_PARTS_H_
#define WEFT_TESTS_SUPPORT_PROGRAM_PARTS_H_

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "compiler/program_sections.h"

namespace weft::test {

struct ProgramParts {
  uint32_t version = 1;
  uint32_t count = kSectionCount;
  std::vector<uint8_t> sections[kSectionCount];
};

inline uint64_t GetLe(const std::vector<uint8_t>& bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t b = 0; b < count; ++b) value |= uint64_t{bytes[at + b]} << (8 * b);
  return value;
}

inline void PutLe(uint64_t value, size_t count, std::vector<uint8_t>* bytes, size_t at) {
  if (bytes->size() < at + count) bytes->resize(at + count);
  for (size_t b = 0; b < count; ++b) (*bytes)[at + b] = static_cast<uint8_t>(value >> (8 * b));
}

inline ProgramParts TakeApart(const std::vector<uint8_t>& file) {
  ProgramParts parts;
  size_t at = kProgramHeaderBytes;
  for (std::vector<uint8_t>& section : parts.sections) {
    const size_t length = GetLe(file, at + 4, 8);
    at += kSectionHeaderBytes;
    section.assign(file.begin() + static_cast<std::ptrdiff_t>(at),
                   file.begin() + static_cast<std::ptrdiff_t>(at + length));
    at += length;
  }
  return parts;
}

inline std::vector<uint8_t> PutTogether(const ProgramParts& parts) {
  const auto crc = [](const uint8_t* bytes, size_t count) { return crc32_z(0, bytes, count); };
  std::vector<uint8_t> file;
  PutLe(kProgramMagic, 4, &file, 0);
  PutLe(parts.version, 4, &file, 4);
  PutLe(parts.count, 4, &file, 8);
  PutLe(crc(file.data(), 12), 4, &file, 12);
  for (size_t i = 0; i < kSectionCount; ++i) {
    const std::vector<uint8_t>& section = parts.sections[i];
    const size_t at = file.size();
    file.insert(file.end(), kSectionNames[i], kSectionNames[i] + 4);
    PutLe(section.size(), 8, &file, at + 4);
    PutLe(crc(&file[at], 12), 4, &file, at + 12);
    PutLe(crc(section.data(), section.size()), 4, &file, at + 16);
    file.insert(file.end(), section.begin(), section.end());
  }
  return file;
}

}  // namespace weft::test

#endif  // WEFT_TESTS_SUPPORT_PROGRAM_PARTS_H_
