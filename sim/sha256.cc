// SPDX-License-Identifier: Apache-2.0
#include "sim/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "model/error.h"

namespace weft {
namespace {

void Check(int ok) {
  if (ok == 1) return;
  throw Error("libcrypto has no SHA-256; apt-get install --reinstall libssl3",
              ExitStatus::kMachine);
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  Check(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

Sha256& Sha256::Update(const void* bytes, size_t count) {
  Check(EVP_DigestUpdate(context_, bytes, count));
  return *this;
}

std::string Sha256::Hex() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  Check(EVP_DigestFinal_ex(context_, digest, &length));
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace weft
