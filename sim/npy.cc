// SPDX-License-Identifier: Apache-2.0
#include "sim/npy.h"

#include <fmt/format.h>

#include <cctype>
#include <cstring>

#include "model/error.h"

namespace weft {
namespace {

constexpr size_t kMagicBytes = 8;  // the magic and the version

[[noreturn]] void Refuse(const std::string& path, const std::string& what) {
  throw Error(fmt::format("{}: {}", path, what));
}

// What follows 'KEY': in the header, up to the comma outside of parentheses.
std::string Value(const std::string& header, const std::string& key, const std::string& path) {
  const size_t name = header.find("'" + key + "'");
  const size_t colon = name == std::string::npos ? name : header.find(':', name);
  if (colon == std::string::npos) Refuse(path, "the .npy header has no '" + key + "'");
  std::string value;
  int depth = 0;
  for (size_t i = colon + 1; i < header.size(); ++i) {
    const char c = header[i];
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth == 0 && (c == ',' || c == '}')) return value;
    if (!std::isspace(static_cast<unsigned char>(c))) value += c;
  }
  Refuse(path, "the .npy header ends within '" + key + "'");
}

DType ParseType(const std::string& descr, const std::string& path) {
  if (descr == "'|i1'" || descr == "'<i1'" || descr == "'i1'") return DType::kInt8;
  if (descr == "'|u1'" || descr == "'<u1'" || descr == "'u1'") return DType::kUInt8;
  if (descr == "'<f4'") return DType::kFloat32;
  Refuse(path, fmt::format("the array's type is {}; '|i1', '|u1' and '<f4' are read",
                           descr.substr(0, 40)));
}

std::vector<int64_t> ParseShape(const std::string& text, const std::string& path) {
  const bool tuple = text.size() >= 2 && text.front() == '(' && text.back() == ')';
  if (!tuple) Refuse(path, "the .npy header's shape is no tuple");
  std::vector<int64_t> shape;
  int64_t number = -1;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (std::isdigit(static_cast<unsigned char>(c))) {
      number = (number < 0 ? 0 : number) * 10 + (c - '0');
      if (number > INT32_MAX) Refuse(path, "a dimension of the array passes 2^31");
    } else if (c == ',' || c == ')') {
      if (number >= 0) shape.push_back(number);
      number = -1;
    } else {
      Refuse(path, "the .npy header's shape is no tuple of numbers");
    }
  }
  return shape;
}

}  // namespace

NpyArray ParseNpy(const std::vector<uint8_t>& file, const std::string& path) {
  if (file.size() < kMagicBytes + 2 || std::memcmp(file.data(), "\x93NUMPY", 6) != 0) {
    Refuse(path, "no .npy file (the letters NUMPY are missing at byte 1)");
  }
  const int version = file[6];
  if (version < 1 || version > 3)
    Refuse(path, fmt::format(".npy version {}; 1 to 3 are read", version));
  const size_t length_bytes = version == 1 ? 2 : 4, begin = kMagicBytes + length_bytes;
  if (file.size() < begin) Refuse(path, "the .npy file ends within its header");
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) length |= size_t{file[kMagicBytes + i]} << (8 * i);
  if (length > file.size() - begin) Refuse(path, "the .npy file ends within its header");
  const std::string header(file.begin() + static_cast<std::ptrdiff_t>(begin),
                           file.begin() + static_cast<std::ptrdiff_t>(begin + length));
  NpyArray array;
  array.dtype = ParseType(Value(header, "descr", path), path);
  array.shape = ParseShape(Value(header, "shape", path), path);
  if (Value(header, "fortran_order", path) != "False") {
    Refuse(path, "the array is in Fortran order; save numpy.ascontiguousarray(array)");
  }
  array.data.assign(file.begin() + static_cast<std::ptrdiff_t>(begin + length), file.end());
  int64_t bytes = DTypeBytes(array.dtype);
  for (int64_t d : array.shape) {
    bytes *= d;
    if (bytes > INT32_MAX) Refuse(path, "the array passes 2 GiB");
  }
  if (bytes != static_cast<int64_t>(array.data.size())) {
    Refuse(path, fmt::format("{} bytes of data; the shape in the header needs {}",
                             array.data.size(), bytes));
  }
  return array;
}

}  // namespace weft
