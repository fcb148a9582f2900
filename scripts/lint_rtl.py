#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads the RTL with the tools that must take it without a complaint.

Usage: lint_rtl.py modules: every module, with its default parameters, through yosys (hierarchy
-check, proc). lint_rtl.py CONFIG: weft_top of a built-in configuration through verilator -Wall.
Exit status 1 if there is an error or a warning of verilator.
"""
import pathlib
import subprocess
import sys

import synth


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    files = synth.sources()
    if sys.argv[1] == "modules":
        script = [f"read_verilog -sv {' '.join(files)}", "design -save read"]
        modules = [pathlib.Path(f).stem for f in files if not f.endswith("weft_pkg.sv")]
        for module in modules:
            script += ["design -load read", f"log module {module}", f"hierarchy -check -top {module}", "proc"]
        command = ["yosys", "-Q", "-T", "-p", "; ".join(script)]
    else:
        chosen = [f"-G{name}={value}" for name, value in synth.parameters(sys.argv[1]).items()]
        command = ["verilator", "--lint-only", "-Wall", "--top-module", "weft_top", *chosen, *files]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        print("\n".join(done.stdout.splitlines()[-30:]))
    return 1 if done.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
