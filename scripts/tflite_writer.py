# SPDX-License-Identifier: Apache-2.0
"""Writes quantized TFLite models: one method per operator, shapes computed here.

    m = Model("a convolution")
    x = m.input((1, 8, 8, 3), Quant(0.02, -3))
    w = m.const(weights_int8, Quant(per_channel_scales))          # OHWI
    y = m.conv_2d(x, w, bias_int32, Quant(0.1, 5), stride=(2, 1), activation="RELU")
    open("conv.tflite", "wb").write(m.finish([y]))

Values are stored as given; nothing is quantized here. A bias gets the scale
input x weights that TFLite asks for. The file layout comes from the schema
classes of the ai-edge-litert package.
"""

import dataclasses

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

# The oldest operator version that has int8 kernels.
VERSIONS = {
    "CONV_2D": 3, "DEPTHWISE_CONV_2D": 3, "FULLY_CONNECTED": 4, "ADD": 2, "AVERAGE_POOL_2D": 2,
    "MAX_POOL_2D": 2, "MEAN": 2, "PAD": 2, "RELU": 2, "RELU6": 2, "RESHAPE": 1, "TRANSPOSE": 2,
    "CONCATENATION": 2, "SOFTMAX": 2, "QUANTIZE": 2, "DEQUANTIZE": 2,
}


@dataclasses.dataclass
class Quant:
    """real = scale x (q - zero); scale is a number, or an array along `axis`."""

    scale: object
    zero: int = 0
    axis: int = 0

    def scales(self):
        return np.atleast_1d(np.asarray(self.scale, np.float32))


@dataclasses.dataclass
class Tensor:
    index: int
    shape: tuple
    dtype: np.dtype
    quant: Quant


class _Buffer(schema.BufferT):
    """A buffer whose bytes start on 16, as the schema's force_align asks."""

    def Pack(self, builder):
        data = b"" if self.data is None else bytes(self.data)
        if data:
            builder.StartVector(1, len(data), 16)
            builder.head -= len(data)
            builder.Bytes[builder.head : builder.head + len(data)] = data
            offset = builder.EndVector()
        schema.BufferStart(builder)
        if data:
            schema.BufferAddData(builder, offset)
        return schema.BufferEnd(builder)


class Model:
    """One subgraph under construction. `old_codes` writes operator codes as
    files before 2020 did, in the deprecated 8-bit field only."""

    def __init__(self, description, old_codes=False):
        self.description = description
        self.old_codes = old_codes
        self.tensors, self.operators, self.inputs, self.codes = [], [], [], []
        self.buffers = [_Buffer()]  # buffer 0 is the empty one by convention

    def input(self, shape, quant=None, dtype="int8"):
        tensor = self._tensor("input", shape, dtype, quant)
        self.inputs.append(tensor)
        return tensor

    def const(self, array, quant=None):
        array = np.ascontiguousarray(array)
        buffer = _Buffer()
        buffer.data = array.tobytes()
        self.buffers.append(buffer)
        return self._tensor("const", array.shape, array.dtype, quant, len(self.buffers) - 1)

    def named(self, tensor, name):
        """The tensor, under another name than its operator's and a number."""
        self.tensors[tensor.index].name = name
        return tensor

    def conv_2d(self, x, w, bias, quant, stride=(1, 1), dilation=(1, 1), padding="SAME",
                activation="NONE"):
        """w is OHWI; I = C / groups. bias: int32, None (absent), or "omit" (two inputs)."""
        options = _options(schema.Conv2DOptionsT, padding, activation, stride, dilation)
        size = _window(x.shape, w.shape[1:3], stride, dilation, padding)
        inputs = [x, w] + self._bias(x, w, bias)
        return self._op("CONV_2D", inputs, (x.shape[0], *size, w.shape[0]), "int8", quant, options)

    def depthwise_conv_2d(self, x, w, bias, quant, stride=(1, 1), dilation=(1, 1), padding="SAME",
                          activation="NONE"):
        """w is 1HWO with O = C x depth multiplier; its scales run along axis 3."""
        options = _options(schema.DepthwiseConv2DOptionsT, padding, activation, stride, dilation)
        options.depthMultiplier = w.shape[3] // x.shape[3]
        size = _window(x.shape, w.shape[1:3], stride, dilation, padding)
        inputs = [x, w] + self._bias(x, w, bias)
        return self._op("DEPTHWISE_CONV_2D", inputs, (x.shape[0], *size, w.shape[3]), "int8", quant,
                        options)

    def fully_connected(self, x, w, bias, quant, activation="NONE", keep_num_dims=False):
        options = schema.FullyConnectedOptionsT()
        options.fusedActivationFunction = getattr(schema.ActivationFunctionType, activation)
        options.keepNumDims = keep_num_dims
        rows = int(np.prod(x.shape)) // w.shape[1]
        shape = (*x.shape[:-1], w.shape[0]) if keep_num_dims else (rows, w.shape[0])
        inputs = [x, w] + self._bias(x, w, bias)
        return self._op("FULLY_CONNECTED", inputs, shape, "int8", quant, options)

    def add(self, a, b, quant, activation="NONE"):
        options = schema.AddOptionsT()
        options.fusedActivationFunction = getattr(schema.ActivationFunctionType, activation)
        shape = np.broadcast_shapes(a.shape, b.shape)
        return self._op("ADD", [a, b], shape, "int8", quant, options)

    def pool_2d(self, kind, x, kernel, stride=(1, 1), padding="SAME", activation="NONE"):
        """kind is AVERAGE or MAX. The output has the input's scale, as TFLite requires."""
        options = _options(schema.Pool2DOptionsT, padding, activation, stride)
        options.filterHeight, options.filterWidth = kernel
        size = _window(x.shape, kernel, stride, (1, 1), padding)
        return self._op(kind + "_POOL_2D", [x], (x.shape[0], *size, x.shape[3]), "int8", x.quant,
                        options)

    def mean(self, x, axes, quant, keep_dims=False):
        options = schema.ReducerOptionsT()
        options.keepDims = keep_dims
        gone = [axis % len(x.shape) for axis in axes]
        shape = [1 if i in gone else n for i, n in enumerate(x.shape) if keep_dims or i not in gone]
        inputs = [x, self.const(np.array(axes, np.int32))]
        return self._op("MEAN", inputs, shape, "int8", quant, options)

    def pad(self, x, amounts, dtype=np.int32):
        shape = [n + before + after for n, (before, after) in zip(x.shape, amounts)]
        inputs = [x, self.const(np.array(amounts, dtype))]
        return self._op("PAD", inputs, shape, "int8", x.quant, schema.PadOptionsT())

    def relu(self, x, quant, six=False):
        return self._op("RELU6" if six else "RELU", [x], x.shape, "int8", quant, None)

    def reshape(self, x, shape, where="both"):
        """The new shape as a second input, in the options, or in both; one entry may be -1."""
        options = schema.ReshapeOptionsT()
        inputs = [x]
        if where in ("options", "both"):
            options.newShape = list(shape)
        if where in ("input", "both"):
            inputs.append(self.const(np.array(shape, np.int32)))
        known = -int(np.prod(shape)) if -1 in shape else 1
        shape = [int(np.prod(x.shape)) // known if n == -1 else n for n in shape]
        return self._op("RESHAPE", inputs, shape, "int8", x.quant, options)

    def transpose(self, x, order):
        inputs = [x, self.const(np.array(order, np.int32))]
        shape = [x.shape[i] for i in order]
        return self._op("TRANSPOSE", inputs, shape, "int8", x.quant, schema.TransposeOptionsT())

    def concatenation(self, parts, axis):
        options = schema.ConcatenationOptionsT()
        options.axis = axis
        shape = list(parts[0].shape)
        shape[axis] = sum(part.shape[axis] for part in parts)
        return self._op("CONCATENATION", parts, shape, "int8", parts[0].quant, options)

    def softmax(self, x, beta=1.0):
        options = schema.SoftmaxOptionsT()
        options.beta = beta
        return self._op("SOFTMAX", [x], x.shape, "int8", Quant(1 / 256, -128), options)

    def quantize(self, x, quant, dtype="int8"):
        return self._op("QUANTIZE", [x], x.shape, dtype, quant, schema.QuantizeOptionsT())

    def dequantize(self, x):
        return self._op("DEQUANTIZE", [x], x.shape, "float32", None, schema.DequantizeOptionsT())

    def finish(self, outputs):
        """The file's bytes; model inputs are in the order in which they were made."""
        graph = schema.SubGraphT()
        graph.tensors, graph.operators, graph.name = self.tensors, self.operators, "main"
        graph.inputs = [t.index for t in self.inputs]
        graph.outputs = [t.index for t in outputs]
        model = schema.ModelT()
        model.version, model.description, model.subgraphs = 3, self.description, [graph]
        model.operatorCodes, model.buffers = [self._code(name) for name in self.codes], self.buffers
        builder = flatbuffers.Builder(1024)
        builder.Finish(model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def _bias(self, x, w, bias):
        if isinstance(bias, str):
            return []
        if bias is None:
            return [None]
        scales = x.quant.scales() * w.quant.scales()
        return [self.const(np.asarray(bias, np.int32), Quant(scales))]

    def _op(self, name, inputs, shape, dtype, quant, options):
        output = self._tensor(name.lower(), shape, dtype, quant)
        if name not in self.codes:
            self.codes.append(name)
        operator = schema.OperatorT()
        operator.opcodeIndex = self.codes.index(name)
        operator.inputs = [-1 if t is None else t.index for t in inputs]
        operator.outputs = [output.index]
        operator.builtinOptions = options
        if options is not None:
            kind = type(options).__name__[:-1]  # Conv2DOptionsT is union member Conv2DOptions
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
        self.operators.append(operator)
        return output

    def _tensor(self, stem, shape, dtype, quant, buffer=0):
        tensor = schema.TensorT()
        tensor.name = f"{stem}_{len(self.tensors)}"
        tensor.shape = [int(n) for n in shape]
        tensor.type = getattr(schema.TensorType, np.dtype(dtype).name.upper())
        tensor.buffer = buffer
        if quant is not None:
            params = schema.QuantizationParametersT()
            params.scale = quant.scales().tolist()
            params.zeroPoint = [quant.zero] * len(params.scale)
            params.quantizedDimension = quant.axis
            tensor.quantization = params
        self.tensors.append(tensor)
        return Tensor(len(self.tensors) - 1, tuple(tensor.shape), np.dtype(dtype), quant)

    def _code(self, name):
        code = schema.OperatorCodeT()
        code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
        code.builtinCode = 0 if self.old_codes else code.deprecatedBuiltinCode
        code.version = VERSIONS[name]
        return code


def _options(kind, padding, activation, stride, dilation=None):
    options = kind()
    options.padding = getattr(schema.Padding, padding)
    options.fusedActivationFunction = getattr(schema.ActivationFunctionType, activation)
    options.strideH, options.strideW = stride
    if dilation:
        options.dilationHFactor, options.dilationWFactor = dilation
    return options


def _window(shape, kernel, stride, dilation, padding):
    """Output height and width."""
    size = []
    for n, k, s, d in zip(shape[1:3], kernel, stride, dilation):
        size.append(-(-n // s) if padding == "SAME" else -(-(n - (k - 1) * d) // s))
    assert min(size) > 0, (shape, kernel, stride, dilation, padding)
    return size
