// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_SIM_SHA256_H_
#define WEFT_SIM_SHA256_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

struct evp_md_ctx_st;

namespace weft {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& Update(const void* bytes, size_t count);
  Sha256& Update(const std::string& text) { return Update(text.data(), text.size()); }
  Sha256& Update(const std::vector<uint8_t>& b) { return Update(b.data(), b.size()); }
  // 64 hexadecimal digits; the last call.
  std::string Hex();

 private:
  evp_md_ctx_st* context_;
};

}  // namespace weft

#endif  // WEFT_SIM_SHA256_H_
