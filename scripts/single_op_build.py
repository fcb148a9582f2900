# SPDX-License-Identifier: Apache-2.0
"""How a line of tests/network/single_op/cases.txt becomes a model and its input."""

import re
import types
import zlib

import numpy as np
from tflite_writer import Model, Quant

ACTIVATIONS = {"relu": "RELU", "relu6": "RELU6", "n1": "RELU_N1_TO_1"}


def parse(line):
    """The words of a line as attributes; anything unknown is an error."""
    spec = types.SimpleNamespace(
        shapes=[], types=[], flags=set(), padding="SAME", activation="NONE", m=1, k=(1, 1),
        s=(1, 1), d=(1, 1), g=1, x=1, zi=-1, zo=2, za=-6, zb=8, zw=0, z=15, wz=0, mul=None, a=255,
        w=127, r=2.0, axes=(), by=(), to=(), axis=None, scale=0.25, beta=1.0)
    for word in line.split():
        if re.fullmatch(r"\d+(x\d+)*", word):
            spec.shapes.append(tuple(map(int, word.split("x"))))
        elif word in ("float32", "int8", "uint8"):
            spec.types.append(word)
        elif word in ("same", "valid"):
            spec.padding = word.upper()
        elif word in ACTIVATIONS:
            spec.activation = ACTIVATIONS[word]
        elif word in ("pt", "pc", "nobias", "omitbias", "wide", "bias0", "big", "keep", "ca", "cb",
                      "c1", "twice", "i64", "ties", "far", "options", "input", "old", "pow2"):
            spec.flags.add(word)
        else:
            key, value = re.fullmatch(r"(axes|axis|by|to|scale|beta|mul|[a-z]+)(-?[0-9].*)",
                                      word).groups()
            kind = type(getattr(spec, key))
            if key in ("k", "s", "d"):
                sizes = tuple(map(int, value.split("x")))
                setattr(spec, key, sizes * 2 if len(sizes) == 1 else sizes)
            elif kind is tuple:
                setattr(spec, key, tuple(map(int, value.split(","))))
            elif key in ("mul", "scale", "beta", "r"):
                setattr(spec, key, float(value))
            else:
                setattr(spec, key, int(value))
    return spec


class Maker:
    """A model under construction with its random data. Scales are chosen so
    that outputs fill their range; `inputs` collects one array per model input."""

    def __init__(self, name):
        words = name.split("_")
        self.rng = np.random.RandomState(zlib.crc32(name.encode()))
        self.model = Model(name, old_codes="old" in words)
        self.powers = "pow2" in words
        self.inputs = []
        self.rms = {}  # of a tensor's distance from its zero point, by index

    def scale(self, low=0.01, high=0.1):
        if self.powers:
            return 2.0 ** np.ceil(np.log2(low))
        return float(np.float32(np.exp(self.rng.uniform(np.log(low), np.log(high)))))

    def values(self, shape, zero, zeros=15, amplitude=255, dtype="int8"):
        """Random integers, `zeros` percent of them equal to the zero point."""
        info = np.iinfo(dtype)
        low, high = max(info.min, zero - amplitude), min(info.max, zero + amplitude)
        data = self.rng.randint(low, high + 1, shape)
        data[self.rng.uniform(size=shape) * 100 < zeros] = zero
        return data.astype(dtype)

    def input(self, shape, zero, zeros=15, amplitude=255, dtype="int8", scale=None):
        data = self.values(shape, zero, zeros, amplitude, dtype)
        tensor = self.model.input(shape, Quant(scale or self.scale(), zero), dtype)
        self.inputs.append(data)
        self.rms[tensor.index] = np.sqrt(np.mean((data.astype(float) - zero) ** 2)) or 1.0
        return tensor

    def output_quant(self, zero, activation):
        return Quant(self.scale(0.01, 0.02) if activation == "RELU_N1_TO_1"
                     else self.scale(0.05, 0.1), zero)

    def product(self, x, shape, axis, depth, spec, zero=None):
        """Weights, bias and output scale of a layer that sums `depth` products."""
        count, flags = shape[axis], spec.flags
        data = self.values(shape, spec.zw, spec.wz, spec.w)
        data[data == -128] = -127
        spread = self.rms.get(x.index, 40.0) * np.sqrt(depth * np.mean(
            (data.astype(float) - spec.zw) ** 2)) or 1.0
        bias = self.rng.uniform(-spread, spread, count)
        if "big" in flags:
            bias, spread = self.rng.uniform(-(2**30), 2**30, count), 2.0**30
        quant = self.output_quant(spec.zo if zero is None else zero, spec.activation)
        multiplier = np.full(count, spec.mul or 60 / spread)
        if "bias0" in flags:
            bias[:] = 0
        if "wide" in flags:
            multiplier = 2.0 ** self.rng.uniform(-40, 1, count)
            bias = np.clip(self.rng.uniform(-60, 60, count) / multiplier, -(2**30), 2**30)
        elif "pt" not in flags and spec.mul is None:
            multiplier *= 2.0 ** self.rng.uniform(-1.5, 1, count)
        if "pt" in flags:
            multiplier = multiplier[:1]
        scales = (multiplier * quant.scale / x.quant.scale).astype(np.float32)
        weights = self.model.const(data, Quant(scales, spec.zw, axis))
        bias = None if "nobias" in flags else "omit" if "omitbias" in flags else bias.astype(int)
        return weights, bias, quant

    def conv(self, x, line, zero=None):
        spec = parse(line)
        shape = (spec.m, *spec.k, x.shape[3] // spec.g)
        w, bias, quant = self.product(x, shape, 0, int(np.prod(shape[1:])), spec, zero)
        return self.model.conv_2d(x, w, bias, quant, spec.s, spec.d, spec.padding, spec.activation)

    def depthwise(self, x, line):
        spec = parse(line)
        w, bias, quant = self.product(x, (1, *spec.k, x.shape[3] * spec.x), 3,
                                      spec.k[0] * spec.k[1], spec)
        return self.model.depthwise_conv_2d(x, w, bias, quant, spec.s, spec.d, spec.padding,
                                            spec.activation)

    def dense(self, x, line, depth=None):
        spec = parse(line)
        if "pc" not in spec.flags:
            spec.flags.add("pt")
        keep = "keep" in spec.flags
        depth = depth or (x.shape[-1] if keep else int(np.prod(x.shape[1:])))
        w, bias, quant = self.product(x, (spec.m, depth), 0, depth, spec)
        return self.model.fully_connected(x, w, bias, quant, spec.activation, keep)


def build_conv(make, line):
    spec = parse(line)
    return [make.conv(make.input(spec.shapes[0], spec.zi, spec.z, spec.a), line)]


def build_depthwise(make, line):
    spec = parse(line)
    return [make.depthwise(make.input(spec.shapes[0], spec.zi, spec.z, spec.a), line)]


def build_dense(make, line):
    spec = parse(line)
    return [make.dense(make.input(spec.shapes[0], spec.zi, spec.z, spec.a), line)]


def build_add(make, line):
    spec = parse(line)
    quant = make.output_quant(spec.zo, spec.activation)
    base = quant.scale * (spec.mul or 0.7)
    sides = []
    for shape, zero, const, scale in zip(spec.shapes, (spec.za, spec.zb), ("ca", "cb"),
                                         (base, base / spec.r)):
        if "twice" in spec.flags and sides:
            sides.append(sides[0])
        elif const in spec.flags:
            sides.append(make.model.const(make.values(shape, zero, spec.z), Quant(scale, zero)))
        else:
            sides.append(make.input(shape, zero, spec.z, scale=scale))
    return [make.model.add(*sides, quant, spec.activation)]


def build_pool(kind):
    def build(make, line):
        spec = parse(line)
        scale = make.output_quant(0, spec.activation).scale
        x = make.input(spec.shapes[0], spec.zi, spec.z, spec.a, scale=scale)
        return [make.model.pool_2d(kind, x, spec.k, spec.s, spec.padding, spec.activation)]
    return build


def build_mean(make, line):
    spec = parse(line)
    x = make.input(spec.shapes[0], spec.zi, spec.z, spec.a)
    area = spec.shapes[0][1] * spec.shapes[0][2]
    quant = Quant(x.quant.scale / (spec.mul or min(1.9, 0.6 * np.sqrt(area))), spec.zo)
    return [make.model.mean(x, spec.axes, quant, "keep" in spec.flags)]


def build_pad(make, line):
    spec = parse(line)
    x = make.input(spec.shapes[0], spec.zi, spec.z)
    amounts = np.reshape(spec.by, (-1, 2))
    return [make.model.pad(x, amounts, np.int64 if "i64" in spec.flags else np.int32)]


def build_relu(six):
    def build(make, line):
        spec = parse(line)
        scale = make.scale(0.05, 0.1)
        x = make.input(spec.shapes[0], spec.zi, spec.z, scale=scale * (spec.mul or 0.8))
        return [make.model.relu(x, Quant(scale, spec.zo), six)]
    return build


def build_reshape(make, line):
    spec = parse(line)
    where = next(iter(spec.flags), "both")
    return [make.model.reshape(make.input(spec.shapes[0], spec.zi), spec.to, where)]


def build_transpose(make, line):
    spec = parse(line)
    return [make.model.transpose(make.input(spec.shapes[0], spec.zi), spec.by)]


def build_concat(make, line):
    spec = parse(line)
    scale, parts = make.scale(), []
    for i, shape in enumerate(spec.shapes):
        if i == 1 and "c1" in spec.flags:
            parts.append(make.model.const(make.values(shape, spec.zi), Quant(scale, spec.zi)))
        elif i == 1 and "twice" in spec.flags:
            parts.append(parts[0])
        else:
            parts.append(make.input(shape, spec.zi, spec.z, scale=scale))
    return [make.model.concatenation(parts, spec.axis)]


def build_softmax(make, line):
    spec = parse(line)
    x = make.input(spec.shapes[0], spec.zi, spec.z, scale=spec.scale)
    return [make.model.softmax(x, spec.beta)]


def build_quantize(make, line):
    spec = parse(line)
    source, target = spec.types
    shape, size = spec.shapes[0], int(np.prod(spec.shapes[0]))
    quant = Quant(0.0625 if "ties" in spec.flags else make.scale(), spec.zo)
    if source == "float32":
        x = make.model.input(shape, None, source)
        data = make.rng.normal(0, 60 * quant.scale, size)
        if "ties" in spec.flags:
            data = (np.arange(size) - size / 2 + 0.5) * quant.scale
        if "far" in spec.flags:
            data = data * np.resize([1, 1e-20, 20, -1e6], size)
        make.inputs.append(data.astype(np.float32).reshape(shape))
    else:
        # The whole domain, in order, when there is room for it.
        x = make.input(shape, spec.zi, 0, dtype=source, scale=quant.scale * (spec.mul or 0.8))
        if size == 256:
            info = np.iinfo(source)
            make.inputs[0] = np.arange(info.min, info.max + 1).astype(source).reshape(shape)
    return [make.model.quantize(x, quant, target)]


def build_dequantize(make, line):
    spec = parse(line)
    return [make.model.dequantize(make.input(spec.shapes[0], spec.zi, 0, dtype=spec.types[0]))]


BUILDERS = {
    "CONV_2D": build_conv,
    "DEPTHWISE_CONV_2D": build_depthwise,
    "FULLY_CONNECTED": build_dense,
    "ADD": build_add,
    "AVERAGE_POOL_2D": build_pool("AVERAGE"),
    "MAX_POOL_2D": build_pool("MAX"),
    "MEAN": build_mean,
    "PAD": build_pad,
    "RELU": build_relu(False),
    "RELU6": build_relu(True),
    "RESHAPE": build_reshape,
    "TRANSPOSE": build_transpose,
    "CONCATENATION": build_concat,
    "SOFTMAX": build_softmax,
    "QUANTIZE": build_quantize,
    "DEQUANTIZE": build_dequantize,
}
