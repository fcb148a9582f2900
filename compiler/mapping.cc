// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping.h"

#include <utility>

namespace weft {

ArrayLayer Canonical(ArrayLayer layer) {
  auto dense_rows = [](const View& v) { return v.h == 1 || v.h_stride == v.w * v.w_stride; };
  auto dense_images = [](const View& v) { return v.n == 1 || v.n_stride == v.h * v.h_stride; };
  auto flat = [](View v) {
    v.w = v.n * v.h * v.w;
    v.h_stride = v.n_stride = v.w * v.w_stride;
    v.n = v.h = 1;
    return v;
  };
  const bool point = layer.kernel_h == 1 && layer.kernel_w == 1 && layer.stride_h == 1 &&
                     layer.stride_w == 1 && layer.pad_top == 0 && layer.pad_left == 0 &&
                     layer.in.h == layer.out.h && layer.in.w == layer.out.w;
  bool dense = dense_rows(layer.in) && dense_images(layer.in) && dense_rows(layer.out) && dense_images(layer.out);
  if (layer.has_residual) dense = dense && dense_rows(layer.residual) && dense_images(layer.residual);
  if (point && dense) {
    layer.in = flat(layer.in);
    layer.out = flat(layer.out);
    if (layer.has_residual) layer.residual = flat(layer.residual);
  }
  return layer;
}

}  // namespace weft
