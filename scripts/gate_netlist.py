#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesizes weft_pe of a built-in configuration to standard cells, with the energy of every net.

Usage: gate_netlist.py CONFIG LIBERTY FOLDER. Writes to FOLDER
  weft_pe.f  the parameters of weft_pe, for verilator -f
  cells.v    the library's cells as yosys reads their functions
  gates.v    module weft_pe_gates: the ports of weft_pe, and nets_o with every net that a cell, a
             memory or a port drives but the clock, 32 a word; the memories stay instances of weft_ram_1r1w
  nets.yaml  what a change of each net costs (pJ), in the order of nets_o: the inner energy of the cell
             that drives it and of the inputs that it drives, and half C V^2 of those; and clock_pj,
             what a cycle of the clock costs in the flip-flops
Wires have no capacitance, nor have the ports of memories and of the PE.
"""
import collections
import json
import pathlib
import sys

import liberty
import synth

SLEW_NS = 0.12
MEMORY = "weft_ram_1r1w"
CLOCK = "clk_i"
PARAMETERS = ("Lanes", "FilterDepth", "WinRows", "WinLanes", "ColSlots", "PsumRows", "PsumBanks", "StepSlots")


def synthesize(config, library, folder):
    fields = synth.parameters(config)
    rtl = synth.ROOT / "rtl"
    chosen = " ".join(f"-set {name} {fields[name]}" for name in PARAMETERS)
    (folder / "weft_pe.f").write_text("".join(f"-G{name}={fields[name]}\n" for name in PARAMETERS))
    synth.run(["yosys", "-q", "-p", "; ".join([
        f"read_verilog -sv {' '.join(sorted(map(str, rtl.glob('array/weft_pe*.sv'))))}",
        f"read_verilog -sv -lib {rtl / 'common' / MEMORY}.sv",
        f"chparam {chosen} weft_pe", "hierarchy -check -top weft_pe", "rename -top weft_pe",
        "synth -flatten -top weft_pe", f"dfflibmap -liberty {library}", f"abc -liberty {library}",
        "opt_clean -purge", f"write_json {folder}/gates.json"])])
    synth.run(["yosys", "-q", "-p", f"read_liberty {library}; write_verilog -noattr {folder}/cells.v"])
    return json.loads((folder / "gates.json").read_text())["modules"]["weft_pe"]


def net(bit):
    return f"1'b{bit}" if isinstance(bit, str) else f"n{bit}"


def concat(bits):
    return "{" + ", ".join(net(b) for b in reversed(bits)) + "}"


def verilog(module, nets):
    clock = module["ports"][CLOCK]["bits"][0]
    out = ["`default_nettype none", "module weft_pe_gates ("]
    for name, port in module["ports"].items():
        out.append(f"  {port['direction']} wire [{len(port['bits']) - 1}:0] {name},")
    words = [nets[k:k + 32] for k in range(0, len(nets), 32)]
    out.append(f"  output wire [31:0] nets_o [0:{len(words) - 1}]\n);")
    out += [f"  wire n{bit};" for bit in [clock, *nets]]
    for name, port in module["ports"].items():
        if port["direction"] == "input":
            out += [f"  assign n{bit} = {name}[{k}];" for k, bit in enumerate(port["bits"])]
        else:
            out.append(f"  assign {name} = {concat(port['bits'])};")
    for number, cell in enumerate(module["cells"].values()):
        values = ", ".join(f".{name}({int(value, 2)})" for name, value in cell["parameters"].items())
        pins = ", ".join(f".{name}({concat(bits)})" for name, bits in cell["connections"].items())
        out.append(f"  {cell['type']} {f'#({values}) ' if values else ''}u{number} ({pins});")
    out += [f"  assign nets_o[{k}] = 32'({concat(word)});" for k, word in enumerate(words)]
    out += ["endmodule", "`default_nettype wire"]
    return "\n".join(out) + "\n"


def energies(module, library):
    """Energy of a change by net, of all nets that are driven but the clock; energy of a clock cycle."""
    clock = module["ports"][CLOCK]["bits"][0]
    driver, load, inner = {}, collections.Counter(), collections.Counter()
    clock_pj = 0.0
    for port in module["ports"].values():
        if port["direction"] == "input":
            driver.update((bit, None) for bit in port["bits"])
    for cell in module["cells"].values():
        kind = cell["type"]
        if kind == MEMORY:
            driver.update((bit, None) for bit in cell["connections"]["rdata_o"])
            continue
        for pin, (bit,) in cell["connections"].items():
            if library.is_output(kind, pin):
                driver[bit] = (kind, pin)
            elif library.is_clock(kind, pin):
                if bit != clock:
                    sys.exit(f"a {kind} has another clock than {CLOCK}")
                clock_pj += 2 * library.internal(kind, pin) + library.capacitance(kind, pin) * library.voltage**2
            else:
                load[bit] += library.capacitance(kind, pin)
                inner[bit] += library.internal(kind, pin)
    del driver[clock]
    cost = {}
    for bit, source in sorted(driver.items()):
        cell_pj = library.internal(*source, load[bit]) if source else 0.0
        cost[bit] = cell_pj + inner[bit] + load[bit] * library.voltage**2 / 2
    return cost, clock_pj


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    config, path, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    library = liberty.Library(path, SLEW_NS)
    module = synthesize(config, path, folder)
    cost, clock_pj = energies(module, library)
    (folder / "gates.v").write_text(verilog(module, list(cost)))
    kinds = collections.Counter(cell["type"] for cell in module["cells"].values())
    flip_flops = sum(n for kind, n in kinds.items() if kind.startswith("DFF"))
    lines = [f"config: {config}", f"library: {library.tree.args[0]}", f"voltage: {library.voltage}",
             f"slew_ns: {SLEW_NS}", f"gates: {sum(kinds.values()) - flip_flops - kinds[MEMORY]}",
             f"flip_flops: {flip_flops}", f"clock_pj: {clock_pj:.6f}", "net_pj:"]
    (folder / "nets.yaml").write_text("\n".join(lines + [f"- {pj:.6f}" for pj in cost.values()]) + "\n")


if __name__ == "__main__":
    main()
