#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the built-in model and writes model.tflite, samples/ and accuracy.json.

    pip install -r zoo/digits/requirements.txt
    zoo/digits/train.py

Handwritten digits of scikit-learn's load_digits, 8 x 8 pixels: training in
float32 with JAX, then quantization to int8 from the ranges seen on the training
images. The seed is fixed: the same machine writes the same files again.
"""

import json
import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))
from tflite_writer import Model, Quant  # noqa: E402

SEED = 1
EPOCHS, BATCH, RATE = 80, 64, 3e-3
STEM, WIDTH, CLASSES = 16, 32, 10
# Name and weight shape: OHWI, depthwise 1HWO, fully connected OI.
LAYERS = [
    ("conv", (STEM, 3, 3, 1)),
    ("dw1", (1, 3, 3, STEM)),
    ("pw1", (WIDTH, 1, 1, STEM)),
    ("dw2", (1, 3, 3, WIDTH)),
    ("pw2", (WIDTH, 1, 1, WIDTH)),
    ("fc", (CLASSES, 4 * 4 * WIDTH)),
]


def load():
    """Pixels as a PNG stores them (0 to 255), and a stratified quarter held out."""
    digits = load_digits()
    pixels = np.minimum(digits.images * 16, 255).astype(np.uint8)
    return train_test_split(pixels, digits.target, test_size=0.25, random_state=SEED,
                            stratify=digits.target)


def initial(rng):
    weights = {}
    for name, shape in LAYERS:
        count = shape[3] if name.startswith("dw") else shape[0]
        fan_in = 9 if name.startswith("dw") else int(np.prod(shape[1:]))
        weights[name] = rng.normal(0, np.sqrt(2 / fan_in), shape).astype(np.float32)
        weights[name + "_bias"] = np.zeros(count, np.float32)
    return weights


def forward(weights, x):
    """Every activation by name; x is N x 8 x 8 in 0..1. The same graph as in `export`."""

    def conv(x, name):
        w = weights[name]
        groups = x.shape[3] if name.startswith("dw") else 1
        order = "IHWO" if name.startswith("dw") else "OHWI"
        y = jax.lax.conv_general_dilated(x, w, (1, 1), "SAME", feature_group_count=groups,
                                         dimension_numbers=("NHWC", order, "NHWC"))
        return y + weights[name + "_bias"]

    a = {"input": x[..., None]}
    a["conv"] = jax.nn.relu(conv(a["input"], "conv"))
    a["dw1"] = jax.nn.relu(conv(a["conv"], "dw1"))
    a["pw1"] = jax.nn.relu(conv(a["dw1"], "pw1"))
    a["dw2"] = jax.nn.relu(conv(a["pw1"], "dw2"))
    a["pw2"] = conv(a["dw2"], "pw2")
    a["add"] = jax.nn.relu(a["pw2"] + a["pw1"])
    pooled = jax.lax.reduce_window(a["add"], -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1),
                                   "VALID")
    a["fc"] = pooled.reshape(len(x), -1) @ weights["fc"].T + weights["fc_bias"]
    return a


def shifted(rng, images):
    """Each image moved by -1, 0 or 1 pixels both ways: the only augmentation."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    moves = rng.randint(0, 3, (len(images), 2))
    return np.stack([p[r : r + 8, c : c + 8] for p, (r, c) in zip(padded, moves)])


def train(images, labels):
    """Adam with a cosine rate on the cross entropy. Labels are smoothed by 0.1, which
    keeps the answers off 0 and 1, so that a wrong bit on the way shows in them."""

    def loss(weights, x, y):
        scores = jax.nn.log_softmax(forward(weights, x)["fc"])
        decay = sum(jnp.sum(w * w) for w in weights.values())
        target = 0.9 * jax.nn.one_hot(y, CLASSES) + 0.1 / CLASSES
        return -jnp.mean(jnp.sum(target * scores, 1)) + 1e-4 * decay

    @jax.jit
    def step(weights, mean, square, x, y, t):
        gradient = jax.grad(loss)(weights, x, y)
        rate = RATE * 0.5 * (1 + jnp.cos(jnp.pi * t / total))
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, square, gradient)
        correction = jnp.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))
        weights = jax.tree.map(lambda w, m, s: w - rate * correction * m / (jnp.sqrt(s) + 1e-8),
                               weights, mean, square)
        return weights, mean, square

    rng = np.random.RandomState(SEED)
    weights = initial(rng)
    mean = square = jax.tree.map(jnp.zeros_like, weights)
    total = EPOCHS * (len(images) // BATCH)
    for t in range(total):
        pick = rng.randint(0, len(images), BATCH)
        x = shifted(rng, images[pick]) / np.float32(255)
        weights, mean, square = step(weights, mean, square, x, labels[pick], t)
    return jax.tree.map(np.asarray, weights)


def export(weights, images):
    """The int8 model's bytes; `images` give the ranges of the activations."""
    ranges = forward(weights, images / np.float32(255))

    def activation(name):
        low, high = float(min(0, ranges[name].min())), float(ranges[name].max())
        scale = (high - low) / 255
        return Quant(scale, int(round(-128 - low / scale)))

    def parameters(x, name, axis):
        w, bias = weights[name], weights[name + "_bias"]
        others = tuple(i for i in range(w.ndim) if i != axis)
        peak = np.abs(w).max() if axis is None else np.abs(w).max(others)
        quant = Quant(np.float32(peak / 127), 0, axis or 0)
        shape = [-1 if i == axis else 1 for i in range(w.ndim)]
        data = np.round(w / quant.scales().reshape(shape)).astype(np.int8)
        return model.const(data, quant), np.round(bias / (x.quant.scale * quant.scales()))

    def conv(x, name, relu="RELU"):
        y = model.conv_2d(x, *parameters(x, name, 0), activation(name), activation=relu)
        return model.named(y, name)

    def depthwise(x, name):
        y = model.depthwise_conv_2d(x, *parameters(x, name, 3), activation(name),
                                    activation="RELU")
        return model.named(y, name)

    model = Model("Weft digits")
    # An int8 input is the pixel minus 128.
    x = model.named(model.input((1, 8, 8, 1), Quant(1 / 255, -128)), "image")
    x = depthwise(conv(x, "conv"), "dw1")
    skip = conv(x, "pw1")
    x = conv(depthwise(skip, "dw2"), "pw2", "NONE")
    x = model.named(model.add(x, skip, activation("add"), "RELU"), "add")
    x = model.named(model.pool_2d("MAX", x, (2, 2), (2, 2), "VALID"), "pool")
    x = model.named(model.reshape(x, (1, 4 * 4 * WIDTH)), "flat")
    x = model.fully_connected(x, *parameters(x, "fc", None), activation("fc"))
    return model.finish([model.named(model.softmax(model.named(x, "fc")), "digit")])


def run_int8(model, images):
    """Output bytes of TFLite's reference kernels, one row per image."""
    interpreter = Interpreter(model_content=model, num_threads=1,
                              experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    target = interpreter.get_output_details()[0]["index"]
    rows = []
    for image in images:
        interpreter.set_tensor(source, (image.astype(int) - 128).astype(np.int8)[None, ..., None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(target)[0])
    return np.stack(rows)


def write_samples(images, labels, outputs):
    """Two held-out images of every digit, the first ones of the split."""
    folder = HERE / "samples"
    folder.mkdir(exist_ok=True)
    picks = [i for digit in range(CLASSES) for i in np.flatnonzero(labels == digit)[:2]]
    samples = []
    for number, i in enumerate(picks):
        name = f"{number:02d}_{labels[i]}.png"
        Image.fromarray(images[i]).save(folder / name)
        samples.append({"file": name, "label": int(labels[i]), "output": outputs[i].tolist()})
    return samples


def main():
    train_images, test_images, train_labels, test_labels = load()
    weights = train(train_images, train_labels)
    scores = np.asarray(forward(weights, test_images / np.float32(255))["fc"])
    model = export(weights, train_images)
    outputs = run_int8(model, test_images)
    (HERE / "model.tflite").write_bytes(model)
    record = {
        "data": "load_digits of scikit-learn, held-out quarter",
        "train_images": len(train_images),
        "images": len(test_images),
        "float_accuracy": round(float(np.mean(scores.argmax(1) == test_labels)), 4),
        "int8_accuracy": round(float(np.mean(outputs.argmax(1) == test_labels)), 4),
        "same_answer": round(float(np.mean(outputs.argmax(1) == scores.argmax(1))), 4),
        "samples": write_samples(test_images, test_labels, outputs),
    }
    text = json.dumps(record, indent=2)
    # One line per sample: the output bytes are long lists.
    for sample in record["samples"]:
        pretty = json.dumps(sample, indent=2).replace("\n", "\n    ")
        text = text.replace(pretty, json.dumps(sample))
    (HERE / "accuracy.json").write_text(text + "\n")
    print(f"float {record['float_accuracy']:.2%}, int8 {record['int8_accuracy']:.2%} of "
          f"{len(test_images)} images; model {len(model)} bytes")


if __name__ == "__main__":
    main()
