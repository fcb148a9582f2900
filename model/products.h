// SPDX-License-Identifier: Apache-2.0
// sums[i] += values[k] * table[at[k] + i] for all k < entries and i < width, the inner loop of the
// exact model. Values and weights have 9 bits; width is a multiple of 8.
#ifndef WEFT_MODEL_PRODUCTS_H_
#define WEFT_MODEL_PRODUCTS_H_

#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace weft::model {

#ifdef __SSE2__

// Eight sums, two entries at a time: a pair of products and their sum is one instruction.
inline void AddProducts8(const int16_t* values, const int32_t* at, int entries,
                         const int16_t* table, int32_t* sums) {
  __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sums));
  __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(sums + 4));
  const auto add = [&](int value, int other, __m128i a, __m128i b) {
    const __m128i pair = _mm_set1_epi32((value & 0xffff) | static_cast<int>(
                                            static_cast<uint32_t>(other) << 16));
    low = _mm_add_epi32(low, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), pair));
    high = _mm_add_epi32(high, _mm_madd_epi16(_mm_unpackhi_epi16(a, b), pair));
  };
  const auto row = [&](int k) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(table + at[k]));
  };
  int k = 0;
  for (; k + 1 < entries; k += 2) add(values[k], values[k + 1], row(k), row(k + 1));
  if (k < entries) add(values[k], 0, row(k), _mm_setzero_si128());
  _mm_storeu_si128(reinterpret_cast<__m128i*>(sums), low);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + 4), high);
}

#else

inline void AddProducts8(const int16_t* values, const int32_t* at, int entries,
                         const int16_t* table, int32_t* sums) {
  for (int k = 0; k < entries; ++k)
    for (int i = 0; i < 8; ++i)
      sums[i] = static_cast<int32_t>(static_cast<uint32_t>(sums[i]) +
                                     static_cast<uint32_t>(values[k] * table[at[k] + i]));
}

#endif

inline void AddProducts(const int16_t* values, const int32_t* at, int entries,
                        const int16_t* table, int width, int32_t* sums) {
  for (int i = 0; i < width; i += 8) AddProducts8(values, at, entries, table + i, sums + i);
}

}  // namespace weft::model

#endif  // WEFT_MODEL_PRODUCTS_H_
