// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_SIM_SHA256_H_
#define WEFT_SIM_SHA256_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weft {

// 64 hexadecimal digits.
std::string Sha256(const void* bytes, size_t count);
inline std::string Sha256(const std::vector<uint8_t>& b) { return Sha256(b.data(), b.size()); }
inline std::string Sha256(const std::string& text) { return Sha256(text.data(), text.size()); }

// Of all .sv files below rtl/ of the source tree, one after the other in the order of their paths:
//   find rtl -name '*.sv' | LC_ALL=C sort | xargs cat | sha256sum
// Empty if the folder is not there.
std::string RtlSha256();

}  // namespace weft

#endif  // WEFT_SIM_SHA256_H_
