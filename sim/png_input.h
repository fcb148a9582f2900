// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_SIM_PNG_INPUT_H_
#define WEFT_SIM_PNG_INPUT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

// Samples of 8 bits as they are in the file, [height][width][channels]; palettes and fewer bits
// a sample are expanded, colours are not converted.
struct PngImage {
  int height = 0, width = 0, channels = 0;
  std::vector<uint8_t> pixels;
};

// Throws Error if the file is damaged, not of the size and channels wanted, or has 16 bits a
// sample.
PngImage ReadPng(const std::vector<uint8_t>& file, const std::string& path, int height, int width,
                 int channels);

}  // namespace weft

#endif  // WEFT_SIM_PNG_INPUT_H_
