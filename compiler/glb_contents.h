// SPDX-License-Identifier: Apache-2.0
// Which load brought the bytes of a GLB buffer, and which command reads them last: what a reader waits
// for, and what must be over before other bytes come in their place.

#ifndef WEFT_COMPILER_GLB_CONTENTS_H_
#define WEFT_COMPILER_GLB_CONTENTS_H_

#include <cstdint>
#include <map>

namespace weft {

class GlbContents {
 public:
  static constexpr int kNone = -1;

  // Load number `load` writes [from, to). Returns the last reader of what lay there.
  int Load(int64_t from, int64_t to, int load);
  // Command `reader` reads [from, to). Returns the latest of the loads that brought it.
  int Read(int64_t from, int64_t to, int reader);

 private:
  struct Piece {
    int64_t to;
    int load, reader;
  };
  std::map<int64_t, Piece> pieces_;  // by their first byte; they do not overlap
};

}  // namespace weft

#endif  // WEFT_COMPILER_GLB_CONTENTS_H_
