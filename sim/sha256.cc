// SPDX-License-Identifier: Apache-2.0
#include "sim/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <filesystem>

#include "model/error.h"
#include "sim/file_io.h"
#include "weft_version.h"

namespace weft {

std::string Sha256(const void* bytes, size_t count) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (EVP_Digest(bytes, count, digest, &length, EVP_sha256(), nullptr) != 1) {
    throw Error("libcrypto has no SHA-256; reinstall the package libssl3", ExitStatus::kMachine);
  }
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string RtlSha256() {
  namespace fs = std::filesystem;
  std::error_code code;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator at(fs::path(kSourceDir) / "rtl", code), end;
       !code && at != end; at.increment(code)) {
    if (at->path().extension() == ".sv") paths.push_back(at->path().string());
  }
  if (code || paths.empty()) return "";
  std::sort(paths.begin(), paths.end());
  std::vector<uint8_t> all;
  for (const std::string& path : paths) {
    const std::vector<uint8_t> bytes = ReadWholeFile(path);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return Sha256(all);
}

}  // namespace weft
