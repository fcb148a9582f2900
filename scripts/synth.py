#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesizes the whole accelerator of a built-in configuration and prints what it takes.

Usage: synth.py nano|ecp5 [--top MODULE] [--json FILE]. nano: synth_ice40 against an iCE40 UP5K;
others: synth_ecp5 against an LFE5U-85F. Exit status 1 if yosys fails or the device is too small.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ICE40 = {"LUT": ({"SB_LUT4": 1}, 5280), "flip-flops": ({r"SB_DFF\w*": 1}, 5280), "DSP": ({"SB_MAC16": 1}, 8),
         "EBR": ({r"SB_RAM40_4K\w*": 1}, 30), "SPRAM": ({"SB_SPRAM256KA": 1}, 4)}
# A CCU2C and a DPR16X4 take the place of 2 and of 6 LUTs.
ECP5 = {"LUT": ({"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6}, 83640), "flip-flops": ({"TRELLIS_FF": 1}, 83640),
        "DSP": ({"MULT18X18D": 1}, 156), "EBR": ({"DP16KD": 1}, 208)}


def parameters(config):
    fields = yaml.safe_load((ROOT / "spec/configs" / f"{config}.yaml").read_text())
    small = fields.pop("CounterSet") == "small"
    for name in ("name", "doc", "ClockMhz"):
        fields.pop(name)
    return {**fields, "CounterSmall": int(small)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--top", default="weft_top")
    parser.add_argument("--json")
    args = parser.parse_args()
    files = sorted(ROOT.glob("rtl/**/*.sv"), key=lambda p: (p.name != "weft_pkg.sv", str(p)))
    chosen = " ".join(f"-set {name} {value}" for name, value in parameters(args.config).items())
    ice40 = args.config == "nano"
    with tempfile.TemporaryDirectory() as folder:
        # After chparam the top has a generated name; hierarchy -auto-top would miss it.
        script = [f"read_verilog -sv {' '.join(map(str, files))}", f"chparam {chosen} {args.top}",
                  f"hierarchy -check -top {args.top}", f"rename -top {args.top}",
                  ("synth_ice40 -dsp -spram" if ice40 else "synth_ecp5") + f" -top {args.top}",
                  f"tee -q -o {folder}/stat.txt stat"]
        run = subprocess.run(["yosys", "-q", "-p", "; ".join(script)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if run.returncode != 0:
            sys.stdout.write(run.stdout)
            return 1
        stat = pathlib.Path(folder, "stat.txt").read_text()
    counts = {}
    for name, number in re.findall(r"^\s+([\w$\\]+)\s+(\d+)$", stat.split("design hierarchy")[-1], re.M):
        counts[name] = counts.get(name, 0) + int(number)
    fits, used = True, {}
    for what, (cells, limit) in (ICE40 if ice40 else ECP5).items():
        used[what] = sum(weight * n for name, n in counts.items() for cell, weight in cells.items() if re.fullmatch(cell, name))
        fits &= used[what] <= limit
        print(f"{args.config} {what}: {used[what]} of {limit}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(used))
    return 0 if fits else 1


if __name__ == "__main__":
    sys.exit(main())
