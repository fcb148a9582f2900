#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesizes the whole accelerator of a built-in configuration and compares it with its FPGA.

Usage: synth.py CONFIG [--top MODULE] [--json FILE]. nano: yosys' synth_ice40 against an iCE40 UP5K;
others: synth_ecp5 against an LFE5U-85F. Exit status 1 if a tool fails or there are more cells of a
kind than the device has. For nano the logic cells that nextpnr-ice40 packs them into are printed too,
if it is installed; they are not part of the verdict.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ICE40 = {"LUT": ({"SB_LUT4": 1}, 5280), "flip-flops": ({r"SB_DFF\w*": 1}, 5280), "DSP": ({"SB_MAC16": 1}, 8),
         "EBR": ({r"SB_RAM40_4K\w*": 1}, 30), "SPRAM": ({"SB_SPRAM256KA": 1}, 4)}
# A CCU2C and a DPR16X4 take the place of 2 and of 6 LUTs. Without wide LUTs (two and more LUT4
# and multiplexers) and with abc9 the number of LUT4 is a third smaller.
ECP5 = {"LUT": ({"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 6}, 83640), "flip-flops": ({"TRELLIS_FF": 1}, 83640),
        "DSP": ({"MULT18X18D": 1}, 156), "EBR": ({"DP16KD": 1}, 208)}


def parameters(config):
    """Parameters of weft_top."""
    fields = yaml.safe_load((ROOT / "spec/configs" / f"{config}.yaml").read_text())
    small = fields.pop("CounterSet") == "small"
    for name in ("name", "doc", "ClockMhz"):
        fields.pop(name)
    return {**fields, "CounterSmall": int(small)}


def sources():
    return sorted(map(str, ROOT.glob("rtl/**/*.sv")), key=lambda p: (not p.endswith("weft_pkg.sv"), p))


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{done.stdout[-5000:]}")
    return done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--top", default="weft_top")
    parser.add_argument("--json")
    args = parser.parse_args()
    chosen = " ".join(f"-set {name} {value}" for name, value in parameters(args.config).items())
    ice40 = args.config == "nano"
    with tempfile.TemporaryDirectory() as folder:
        # After chparam the top has a generated name; hierarchy -auto-top would miss it.
        run(["yosys", "-q", "-p", "; ".join([
            f"read_verilog -sv {' '.join(sources())}", f"chparam {chosen} {args.top}",
            f"hierarchy -check -top {args.top}", f"rename -top {args.top}",
            f"{'synth_ice40 -dsp -spram' if ice40 else 'synth_ecp5 -abc9 -nowidelut'} -top {args.top} -json {folder}/netlist.json",
            f"tee -q -o {folder}/stat.txt stat"])])
        stat = pathlib.Path(folder, "stat.txt").read_text()
        packed = None
        if ice40 and shutil.which("nextpnr-ice40"):
            log = run(["nextpnr-ice40", "--up5k", "--package", "sg48", "--pack-only", "--json", f"{folder}/netlist.json"])
            packed = int(re.findall(r"ICESTORM_LC:\s+(\d+)/", log)[-1])
    counts = {}
    for name, number in re.findall(r"^\s+([\w$\\]+)\s+(\d+)$", stat.split("design hierarchy")[-1], re.M):
        counts[name] = counts.get(name, 0) + int(number)
    rows = {}
    for what, (cells, limit) in (ICE40 if ice40 else ECP5).items():
        used = sum(weight * n for name, n in counts.items() for cell, weight in cells.items() if re.fullmatch(cell, name))
        rows[what] = (used, limit)
    for what, (used, limit) in rows.items():
        print(f"{args.config}  {what:11}  {used:6} of {limit:6}  {100 * used // limit:3} %{'' if used <= limit else '  does not fit'}")
    if packed is not None:
        print(f"{args.config}  packed into {packed} logic cells of 5280")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps({what: used for what, (used, _) in rows.items()}))
    return 0 if all(used <= limit for used, limit in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
