// SPDX-License-Identifier: Apache-2.0
// Little-endian numbers and byte strings, written and read with every length checked.

#ifndef WEFT_COMPILER_BYTE_STREAM_H_
#define WEFT_COMPILER_BYTE_STREAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "model/error.h"

namespace weft {

class ByteWriter {
 public:
  void U32(uint32_t value) { Put(value, 4); }
  void U64(uint64_t value) { Put(value, 8); }
  void Raw(const std::vector<uint8_t>& bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  // The length, then the bytes.
  void Text(const std::string& text) {
    U64(text.size());
    bytes_.insert(bytes_.end(), text.begin(), text.end());
  }
  void Words(const std::vector<uint32_t>& words) {
    U64(words.size());
    for (uint32_t word : words) U32(word);
  }
  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  void Put(uint64_t value, int count) {
    for (int b = 0; b < count; ++b) bytes_.push_back(static_cast<uint8_t>(value >> (8 * b)));
  }

  std::vector<uint8_t> bytes_;
};

class ByteReader {
 public:
  // where stands for what is read in messages: "model.weft: section BIND".
  ByteReader(const uint8_t* bytes, size_t count, const std::string& where)
      : at_(bytes), left_(count), where_(where) {}

  uint32_t U32() { return static_cast<uint32_t>(Get(4)); }
  uint64_t U64() { return Get(8); }
  // A number that must lie in [lowest, highest].
  int64_t Bounded(int64_t lowest, int64_t highest, const char* what) {
    const uint64_t value = U64();
    const bool fits =
        value <= static_cast<uint64_t>(highest) && static_cast<int64_t>(value) >= lowest;
    if (!fits) Fail(std::string(what) + " " + std::to_string(value) + " is out of range");
    return static_cast<int64_t>(value);
  }
  std::string Text() {
    const size_t count = Length(1);
    const uint8_t* begin = Take(count);
    return std::string(begin, begin + count);
  }
  std::vector<uint32_t> Words() {
    std::vector<uint32_t> words(Length(4));
    for (uint32_t& word : words) word = U32();
    return words;
  }
  std::vector<uint8_t> Rest() {
    const size_t count = left_;
    const uint8_t* begin = Take(count);
    return std::vector<uint8_t>(begin, begin + count);
  }
  const uint8_t* Take(size_t count) {
    if (count > left_) Fail("ends early");
    const uint8_t* begin = at_;
    at_ += count;
    left_ -= count;
    return begin;
  }
  void ExpectEnd() const {
    if (left_ != 0) Fail("has " + std::to_string(left_) + " bytes too many");
  }
  size_t left() const { return left_; }
  [[noreturn]] void Fail(const std::string& what) const { throw Error(where_ + ": " + what); }

 private:
  // A count of elements that are still there.
  size_t Length(size_t element_bytes) {
    const uint64_t count = U64();
    if (count > left_ / element_bytes) Fail("ends early");
    return static_cast<size_t>(count);
  }
  uint64_t Get(size_t count) {
    const uint8_t* bytes = Take(count);
    uint64_t value = 0;
    for (size_t b = 0; b < count; ++b) value |= uint64_t{bytes[b]} << (8 * b);
    return value;
  }

  const uint8_t* at_;
  size_t left_;
  std::string where_;
};

}  // namespace weft

#endif  // WEFT_COMPILER_BYTE_STREAM_H_
