#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Builds tests/network/single_op: models, inputs, golden outputs, index.tsv.

    pip install -r tests/network/single_op/requirements.txt
    scripts/make_single_op.py                 # write everything anew
    scripts/make_single_op.py --verify        # compare with what is there instead
    scripts/make_single_op.py --check DIR     # goldens of other people's models

--check runs every DIR/*/model.tflite on its in_*.bin and compares with the
out_*.bin beside it: the proof that the kernels used here are the reference.
With the packages tflite-micro (--no-deps) and pyyaml installed, every output is also compared with
TFLite Micro's.
"""

import argparse
import pathlib
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from single_op_build import BUILDERS, Maker
from single_op_graphs import GRAPHS

try:
    from tflite_micro.python.tflite_micro import runtime as micro_runtime
except ImportError:
    micro_runtime = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "network" / "single_op"
PREFIXES = {
    "CONV_2D": "conv", "DEPTHWISE_CONV_2D": "dwconv", "FULLY_CONNECTED": "fc",
    "AVERAGE_POOL_2D": "avgpool", "MAX_POOL_2D": "maxpool", "CONCATENATION": "concat",
}


class Reference:
    """TFLite's reference kernels, without a delegate, on a model's bytes."""

    def __init__(self, model):
        self.interpreter = Interpreter(
            model_content=model, num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
        self.interpreter.allocate_tensors()
        self.inputs = self.interpreter.get_input_details()
        self.outputs = self.interpreter.get_output_details()

    def run(self, inputs):
        for detail, data in zip(self.inputs, inputs):
            self.interpreter.set_tensor(detail["index"], data)
        self.interpreter.invoke()
        return [self.interpreter.get_tensor(detail["index"]) for detail in self.outputs]


class Micro:
    """TFLite Micro, the second opinion."""

    def __init__(self, model, outputs):
        self.interpreter = micro_runtime.Interpreter.from_bytes(model, arena_size=32 << 20)
        self.count = outputs

    def run(self, inputs):
        for i, data in enumerate(inputs):
            self.interpreter.set_input(data, i)
        self.interpreter.invoke()
        return [self.interpreter.get_output(i) for i in range(self.count)]


def raw(arrays):
    return b"".join(np.ascontiguousarray(a).tobytes() for a in arrays)


def cases():
    """(name, operators, note, builder) of every model, in the order of the index."""
    operators = []
    for line in (FOLDER / "cases.txt").read_text().splitlines():
        if line.startswith("["):
            operators = line.strip("[]").split()
        elif line and not line.startswith("#"):
            for operator in operators:
                stem = PREFIXES.get(operator, operator.lower())
                name = "_".join([stem] + line.replace(",", " ").split())
                build = lambda make, op=operator, words=line: BUILDERS[op](make, words)
                yield name, operator, line, build
    for graph in GRAPHS:
        yield "graph_" + graph.__name__, "several", graph.__doc__, graph


def make_one(name, build):
    """The model's bytes, its inputs and the reference outputs, checked for shape."""
    make = Maker(name)
    outputs = build(make)
    model = make.model.finish(outputs)
    reference = Reference(model)
    results = reference.run(make.inputs)
    shapes = [tuple(t.shape) for t in outputs]
    if [r.shape for r in results] != shapes:
        sys.exit(f"{name}: output shapes {[r.shape for r in results]}, expected {shapes}")
    return model, make.inputs, results


def second_opinion(name, model, inputs, results):
    """How TFLite Micro differs, in a few words, or None."""
    try:
        micro = Micro(model, len(results)).run(inputs)
    except (RuntimeError, ValueError) as error:
        return f"{name}: TFLite Micro refuses it ({error})"
    if raw(micro) == raw(results):
        return None
    wrong = sum(int((a.ravel() != b.ravel()).sum()) for a, b in zip(micro, results))
    return f"{name}: TFLite Micro differs in {wrong} of {sum(r.size for r in results)} values"


def build_all(verify):
    rows, files, differences = ["name\top\tnote"], {}, []
    for name, operator, note, build in cases():
        model, inputs, results = make_one(name, build)
        if name + ".tflite" in files:
            sys.exit(f"two cases are called {name}")
        files[name + ".tflite"], files[name + ".in"] = model, raw(inputs)
        files[name + ".out"] = raw(results)
        rows.append(f"{name}\t{operator}\t{note}")
        if micro_runtime:
            difference = second_opinion(name, model, inputs, results)
            differences += [difference] if difference else []
    files["index.tsv"] = ("\n".join(rows) + "\n").encode()
    for line in differences:
        print(line)
    here = {p.name for s in ("*.tflite", "*.in", "*.out", "index.tsv") for p in FOLDER.glob(s)}
    if verify:
        wrong = sorted(here ^ files.keys())
        wrong += [n for n in sorted(here & files.keys()) if (FOLDER / n).read_bytes() != files[n]]
        for name in wrong:
            print(f"differs: {name}")
        print(f"{len(files)} files, {len(wrong)} differ")
        return 1 if wrong else 0
    for name in here - files.keys():
        (FOLDER / name).unlink()
    for name, data in files.items():
        (FOLDER / name).write_bytes(data)
    print(f"{len(rows) - 1} models, {sum(map(len, files.values()))} bytes, second opinion: "
          f"{'TFLite Micro' if micro_runtime else 'not installed'}, {len(differences)} differences")
    return 0


def check(folder):
    """Runs DIR/*/model.tflite on its inputs; an in_ file may hold several, one after the other."""
    wrong = count = 0
    for path in sorted(pathlib.Path(folder).glob("*/model.tflite")):
        reference = Reference(path.read_bytes())
        for file in sorted(path.parent.glob("in_*.bin")):
            golden = file.with_name(file.name.replace("in_", "out_", 1)).read_bytes()
            detail = reference.inputs[0]
            batch = np.fromfile(file, detail["dtype"]).reshape(-1, *detail["shape"])
            equal = b"".join(raw(reference.run([x])) for x in batch) == golden
            wrong, count = wrong + (not equal), count + 1
            print(f"{'equal' if equal else 'DIFFERENT'}\t{path.parent.name}\t{file.name}")
    print(f"{count} golden outputs, {wrong} different")
    return 1 if wrong or not count else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="DIR", help="compare with the goldens in DIR")
    parser.add_argument("--verify", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    return check(arguments.check) if arguments.check else build_all(arguments.verify)


if __name__ == "__main__":
    sys.exit(main())
