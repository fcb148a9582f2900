// SPDX-License-Identifier: Apache-2.0
// Commands as text, one line each: word offset, engine, command, the fields that are not 0, the
// semaphores it waits for, gives when it has finished, and gives when the feeder has read its last
// token:
//
//        0  c      cfg       act_zp=-128 out_zp=-128 lo=-128 hi=127
//       10  fl     load_f    mem=0x4c40 run=192 n1=1 n2=1  give fl_c
//       20  c      map       streams=3 units=14: 42 PEs active, 0 void, 126 off
//      122  c      filter    beats=9 sets=1  wait fl_c
//      126  c      pass      last segs=1 streams=3 ...  wait il_c  give c_st  give-when-fed c_il

#ifndef WEFT_COMPILER_DISASSEMBLE_H_
#define WEFT_COMPILER_DISASSEMBLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/config.h"

namespace weft {

// With `expand`, the entries of every pattern follow its line. Words that are no command end the
// text with a line that says so.
std::string Disassemble(const std::vector<uint32_t>& words, const Config& config, bool expand);

}  // namespace weft

#endif  // WEFT_COMPILER_DISASSEMBLE_H_
