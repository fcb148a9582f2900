// SPDX-License-Identifier: Apache-2.0
#include "sim/png_input.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

#include "model/error.h"

namespace weft {
namespace {

// What libpng's callbacks share. Plain data: longjmp runs no destructors.
struct Source {
  const uint8_t* at;
  size_t left;
  char message[120];
};

void Fail(png_structp png, png_const_charp message) {
  Source* source = static_cast<Source*>(png_get_error_ptr(png));
  std::strncpy(source->message, message, sizeof source->message - 1);
  std::longjmp(png_jmpbuf(png), 1);
}

void Ignore(png_structp, png_const_charp) {}

void Read(png_structp png, png_bytep to, size_t count) {
  Source* source = static_cast<Source*>(png_get_io_ptr(png));
  if (count > source->left) png_error(png, "the file ends early");
  std::memcpy(to, source->at, count);
  source->at += count;
  source->left -= count;
}

// Where decoding stands; false with a message in source when libpng gave up.
struct Decoder {
  png_structp png;
  png_infop info;
  Source source;

  bool ReadHeader() {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_read_fn(png, &source, Read);
    png_read_info(png, info);
    if (png_get_bit_depth(png, info) == 16) png_error(png, "16 bits a sample; save it with 8");
    png_set_expand(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    return true;
  }
  bool ReadRows(png_bytepp rows) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
  }
};

}  // namespace

PngImage ReadPng(const std::vector<uint8_t>& file, const std::string& path, int height, int width,
                 int channels) {
  const auto refuse = [&](const std::string& what) {
    throw Error(fmt::format("{}: {}", path, what));
  };
  Decoder decoder = {nullptr, nullptr, {file.data(), file.size(), {}}};
  decoder.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder.source, Fail, Ignore);
  if (decoder.png != nullptr) decoder.info = png_create_info_struct(decoder.png);
  struct Cleaner {
    Decoder& d;
    ~Cleaner() { png_destroy_read_struct(&d.png, &d.info, nullptr); }
  } cleaner{decoder};
  if (decoder.info == nullptr) throw Error("libpng: out of memory", ExitStatus::kMachine);
  const auto damaged = [&] {
    refuse(fmt::format("no usable PNG: {}", static_cast<const char*>(decoder.source.message)));
  };
  if (!decoder.ReadHeader()) damaged();
  PngImage image;
  image.height = static_cast<int>(png_get_image_height(decoder.png, decoder.info));
  image.width = static_cast<int>(png_get_image_width(decoder.png, decoder.info));
  image.channels = png_get_channels(decoder.png, decoder.info);
  if (image.height != height || image.width != width || image.channels != channels) {
    refuse(
        fmt::format("{} x {} pixels of {} channels (height x width); the model needs exactly "
                    "{} x {} of {}",
                    image.height, image.width, image.channels, height, width, channels));
  }
  const size_t row_bytes = static_cast<size_t>(width) * static_cast<size_t>(channels);
  image.pixels.resize(row_bytes * static_cast<size_t>(height));
  std::vector<png_bytep> rows;
  for (size_t y = 0; y < static_cast<size_t>(height); ++y)
    rows.push_back(&image.pixels[y * row_bytes]);
  if (!decoder.ReadRows(rows.data())) damaged();
  return image;
}

}  // namespace weft
