# SPDX-License-Identifier: Apache-2.0
"""Small graphs of several operators, for what one operator alone cannot show:
fusion, tensors with two readers, several outputs, operators between segments."""

from tflite_writer import Quant


def pad_conv(make):
    """padding as its own operator, in front of a VALID convolution"""
    x = make.input((1, 7, 6, 3), -20, zeros=40)
    padded = make.model.pad(x, [(0, 0), (1, 1), (2, 0), (0, 0)])
    return [make.conv(padded, "m5 k3 valid relu")]


def pad_depthwise_stride(make):
    """asymmetric padding in front of a strided depthwise convolution"""
    x = make.input((1, 8, 8, 6), -128, zeros=50)
    padded = make.model.pad(x, [(0, 0), (0, 1), (0, 1), (0, 0)])
    return [make.depthwise(padded, "k3 s2 valid relu6 zo-128")]


def conv_relu(make):
    """an activation as its own operator, same scale on both sides"""
    x = make.input((1, 6, 6, 4), -128)
    y = make.conv(x, "m6 k3 zo-10")
    return [make.model.relu(y, y.quant)]


def conv_relu6_rescaled(make):
    """RELU6 that also changes scale and zero point"""
    x = make.input((1, 6, 6, 4), 4)
    y = make.conv(x, "m6 k3 zo-10")
    return [make.model.relu(y, Quant(6 / 255, -128), six=True)]


def conv_two_readers_relu(make):
    """the tensor before the activation is a model output too"""
    x = make.input((1, 5, 5, 4), -128)
    y = make.conv(x, "m6 k3 zo-10")
    return [y, make.model.relu(y, y.quant)]


def conv_maxpool(make):
    """convolution, then max pooling that could be fused"""
    x = make.input((1, 9, 9, 3), -128, zeros=30)
    y = make.conv(x, "m8 k3 relu zo-128")
    return [make.model.pool_2d("MAX", y, (2, 2), (2, 2), "VALID")]


def conv_avgpool_reshape_fc_softmax(make):
    """the tail of a classifier"""
    x = make.input((1, 8, 8, 3), -128, zeros=30)
    y = make.conv(x, "m8 k3 s2 relu zo-128")
    y = make.model.pool_2d("AVERAGE", y, (4, 4), (4, 4), "VALID")
    y = make.model.reshape(y, (1, 8))
    return [make.model.softmax(make.dense(y, "m10"))]


def conv_mean_fc_softmax(make):
    """the same with MEAN, which drops the axes itself"""
    x = make.input((1, 7, 7, 3), -128, zeros=30)
    y = make.conv(x, "m12 k3 relu zo-128")
    y = make.model.mean(y, (1, 2), Quant(y.quant.scale / 1.5, -128))
    return [make.model.softmax(make.dense(y, "m10"))]


def residual(make):
    """two convolutions and the input added"""
    x = make.input((1, 6, 6, 8), -128, zeros=30, scale=0.05)
    y = make.conv(x, "m8 k3 relu zo-128")
    y = make.conv(y, "m8 k3 zo5")
    return [make.model.add(y, x, Quant(0.09, -128), "RELU")]


def residual_downsample(make):
    """both branches are convolutions, as where ResNet changes its width"""
    x = make.input((1, 8, 8, 4), -128, zeros=40)
    y = make.conv(x, "m8 k3 s2 relu zo-128")
    y = make.conv(y, "m8 k3 zo5")
    z = make.conv(x, "m8 k1 s2 zo-3")
    return [make.model.add(z, y, Quant(0.09, -128), "RELU")]


def concat_convs(make):
    """convolutions that could write straight into their concatenation"""
    x = make.input((1, 6, 5, 4), -7, zeros=30)
    quant = Quant(0.08, -128)
    make.output_quant = lambda zero, activation: quant
    parts = [make.conv(x, "m5 k1 relu"), make.conv(x, "m3 k3 relu"), make.conv(x, "m8 k5 relu")]
    return [make.model.concatenation(parts, 3)]


def concat_rows(make):
    """a concatenation along the height, read by a convolution and also by the host"""
    x = make.input((1, 3, 5, 4), -7, scale=0.08)
    make.output_quant = lambda zero, activation: Quant(0.08, -7)
    y = make.model.concatenation([x, make.conv(x, "m4 k3")], 1)
    return [make.conv(y, "m6 k3"), y]


def reshape_fc(make):
    """flatten, then fully connected"""
    x = make.input((1, 3, 3, 5), -128, zeros=50)
    y = make.model.reshape(x, (1, 45))
    y = make.dense(y, "m12 relu zo-128")
    return [make.dense(y, "m4")]


def depthwise_pointwise(make):
    """two separable blocks"""
    x = make.input((1, 9, 7, 6), -128, zeros=30)
    y = make.depthwise(x, "k3 relu6 zo-128")
    y = make.conv(y, "m10 k1 relu6", zero=-128)
    y = make.depthwise(y, "k3 s2 relu6 zo-128")
    return [make.conv(y, "m7 k1")]


def inverted_bottleneck(make):
    """expand, depthwise, project, add: the MobileNetV2 block"""
    x = make.input((1, 5, 5, 4), 3, zeros=10, scale=0.06)
    y = make.conv(x, "m16 k1 relu6 zo-128")
    y = make.depthwise(y, "k3 relu6 zo-128")
    y = make.conv(y, "m4 k1 zo9")
    return [make.model.add(x, y, Quant(0.07, 0))]


def diamond(make):
    """one tensor with three readers; two outputs, two inputs"""
    x = make.input((1, 5, 5, 4), -128, zeros=30)
    z = make.input((1, 5, 5, 6), 11, zeros=30, scale=0.05)
    top = make.conv(x, "m6 k3 relu zo-128")
    left, right = make.conv(top, "m6 k1 zo1"), make.depthwise(top, "k3 zo-4")
    y = make.model.add(left, right, Quant(0.09, -1))
    return [make.model.add(y, z, Quant(0.1, 2)), make.model.pool_2d("MAX", top, (5, 5), (1, 1))]


def transpose_between(make):
    """a host operator between two segments"""
    x = make.input((1, 6, 4, 5), -128, zeros=30)
    y = make.conv(x, "m5 k3 relu zo-128")
    y = make.model.transpose(y, (0, 2, 1, 3))
    return [make.conv(y, "m4 k3")]


def float_in_float_out(make):
    """QUANTIZE in front and DEQUANTIZE behind, as converters write for float users"""
    x = make.model.input((1, 6, 6, 3), None, "float32")
    make.inputs.append(make.rng.uniform(-1.1, 1.1, (1, 6, 6, 3)).astype("float32"))
    y = make.model.quantize(x, Quant(1 / 128, 0))
    y = make.conv(y, "m6 k3 s2 relu6 zo-128")
    return [make.model.dequantize(make.dense(y, "m5"))]


def requantize_uint8(make):
    """uint8 on the outside, int8 inside"""
    x = make.input((1, 6, 6, 3), 128, zeros=30, dtype="uint8", scale=1 / 128)
    y = make.model.quantize(x, Quant(1 / 128, 0))
    y = make.conv(y, "m6 k3 relu zo-128")
    return [make.model.quantize(y, Quant(y.quant.scale, 0), "uint8")]


GRAPHS = [
    pad_conv, pad_depthwise_stride, conv_relu, conv_relu6_rescaled, conv_two_readers_relu,
    conv_maxpool, conv_avgpool_reshape_fc_softmax, conv_mean_fc_softmax, residual,
    residual_downsample, concat_convs, concat_rows, reshape_fc, depthwise_pointwise,
    inverted_bottleneck, diamond, transpose_between, float_in_float_out, requantize_uint8,
]
