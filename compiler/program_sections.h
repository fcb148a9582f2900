// SPDX-License-Identifier: Apache-2.0
// What writer and reader of program files share; see program_file.h.

#ifndef WEFT_COMPILER_PROGRAM_SECTIONS_H_
#define WEFT_COMPILER_PROGRAM_SECTIONS_H_

#include <cstddef>
#include <cstdint>

namespace weft {

constexpr uint32_t kProgramMagic = 0x54464557;  // "WEFT"
constexpr size_t kProgramHeaderBytes = 16;
constexpr size_t kSectionHeaderBytes = 20;

enum SectionIndex : size_t { kConf, kModl, kMaps, kCmds, kWght, kBind, kSectionCount };
constexpr const char* kSectionNames[kSectionCount] = {"CONF", "MODL", "MAPS",
                                                      "CMDS", "WGHT", "BIND"};

constexpr uint32_t kOptionKeepTensors = 1;
constexpr uint32_t kOptionSegmentPerLayer = 2;
constexpr int kOptionObjectiveBit = 2;  // and those above

constexpr char kStoredConfigName[] = "stored";

}  // namespace weft

#endif  // WEFT_COMPILER_PROGRAM_SECTIONS_H_
