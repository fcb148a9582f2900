#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what two languages need from spec/*.yaml: constants and layouts, never logic.

  scripts/gen_spec.py           writes rtl/weft_pkg.sv, model/spec_gen.h and docs/*.md
  scripts/gen_spec.py --check   compares them byte for byte instead; exit status 4 if one differs

Both check first that fields do not overlap and fit, and that names and numbers are unique.
"""

import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENGINES = ("fetch", "fl", "il", "st", "c")  # who executes a command


class SpecError(Exception):
    pass


def camel(name):
    return "".join(part[:1].upper() + part[1:] for part in str(name).split("_"))


def snake(name):
    return "".join(("_" if i and c.isupper() else "") + c.lower() for i, c in enumerate(name))


def unique(what, values):
    values = list(values)
    for value in values:
        if values.count(value) > 1:
            raise SpecError(f"{what}: {value} occurs twice")


# ------------------------------------------------------------------------------------ reading


class Layout:
    """A named group of fields in `words` 32-bit words."""

    def __init__(self, name, words, fields, signed=(), bits=None):
        self.name, self.words, self.fields = name, words, []
        self.bits = bits or words * 32
        used = {}
        for field, position in fields.items():
            word, lsb, width = position if len(position) == 3 else [0] + position
            for bit in range(word * 32 + lsb, word * 32 + lsb + width):
                if bit in used:
                    raise SpecError(f"{name}: fields {used[bit]} and {field} overlap at bit {bit}")
                used[bit] = field
            if width < 1 or lsb < 0 or lsb + width > 32 or word * 32 + lsb + width > self.bits:
                raise SpecError(f"{name}: field {field} {position} does not fit")
            self.fields.append((field, word, lsb, width, field in signed))
        for field in signed:
            if field not in fields:
                raise SpecError(f"{name}: signed field {field} does not exist")


class Spec:
    def __init__(self, folder):
        def load(path):
            return yaml.safe_load(path.read_text())

        commands_text = (folder / "commands.yaml").read_text()
        self.commands = yaml.safe_load(commands_text)
        self.events = load(folder / "events.yaml")
        self.registers = load(folder / "registers.yaml")
        self.configs = [load(path) for path in sorted((folder / "configs").glob("*.yaml"))]
        self.layouts = [Layout("header", 2, self.commands["header"])]
        self.payloads = []
        self.layout_of = {}
        self._read_commands(self._table_names(commands_text))
        self._check_rest()

    @staticmethod
    def _table_names(text):
        """Names that YAML anchors give to field tables, in file order; None where there is none."""
        events = list(yaml.parse(text))
        return [
            following.anchor
            for event, following in zip(events, events[1:])
            if isinstance(event, yaml.ScalarEvent) and event.value == "fields"
        ]

    def _read_commands(self, table_names):
        table_names = iter(table_names)
        commands = self.commands["commands"]
        unique("opcodes", (c["opcode"] for c in commands.values()))
        unique("semaphores", self.commands["semaphores"].values())
        for name, command in commands.items():
            if command["engine"] not in ENGINES:
                raise SpecError(f"{name}: unknown engine {command['engine']}")
            if command["opcode"] >= 128:
                raise SpecError(f"{name}: opcode {command['opcode']} needs more than 7 bits")
            if "fields" not in command:
                continue
            table = next(table_names) or name
            words = 1 if command["words"] == "variable" else command["words"]
            layout = Layout(table, words, command["fields"], command.get("signed", ()))
            self.layout_of[name] = table
            if table not in (other.name for other in self.layouts):
                self.layouts.append(layout)
            for part, fields in command.get("payload", {}).items():
                bits = 16 if part == "pe" else 32  # PE entries are two a word
                self.payloads.append(Layout(f"{name}_{part}", 1, fields, (), bits))

    def _check_rest(self):
        unique("events", (e["name"] for e in self.events["events"]))
        registers = self.registers["registers"]
        unique("registers", (r["name"] for r in registers))
        unique("register addresses", (r["address"] for r in registers))
        unique("fault codes", (f["code"] for f in self.registers["faults"]))
        for register in registers:
            if register["address"] % 4 or register["address"] >= self.registers["window_bytes"]:
                raise SpecError(f"register {register['name']}: address does not fit")
            if register["access"] not in ("ro", "rw", "wo", "w1c"):
                raise SpecError(f"register {register['name']}: unknown access")
            Layout(f"register {register['name']}", 1, register.get("fields", {}))
        unique("configurations", (c["name"] for c in self.configs))
        for config in self.configs:
            if list(config) != list(self.configs[0]):
                raise SpecError(f"configuration {config['name']}: other fields or order than "
                                f"{self.configs[0]['name']}")

        for group, keys in ((registers, ("name", "address", "access", "doc", "fields")),
                            (self.events["events"], ("name", "unit", "small", "doc")),
                            (self.registers["faults"], ("name", "code", "text", "address")),
                            (self.commands["commands"].values(),
                             ("opcode", "engine", "keep", "doc", "words", "fields", "payload", "signed"))):
            for entry in group:
                for key in entry:
                    if key not in keys:
                        raise SpecError(f"{entry}: unknown key '{key}' (a comma without quotes?)")
        names = [name for _, group in self.constants() for name, *_ in group]
        for layout in self.layouts + self.payloads:
            group = camel(layout.name)
            names += [group + "Bits"] + [group + camel(name) for name, *_ in layout.fields]
        unique("generated names", names)

    def parameters(self):
        return [key for key in self.configs[0] if key not in ("name", "doc")]

    def record_words(self):
        e = self.events
        return len(e["record"]) + len(e["events"]) + len(e["engines"]) * len(e["classes"])

    def constants(self):
        """(comment, [(name, value, bits or None)]) groups that both languages get."""
        commands, events, registers = self.commands, self.events, self.registers
        yield "Opcodes", [("Op" + camel(n), c["opcode"], 7) for n, c in commands["commands"].items()]
        yield "Engines that execute commands, in the order of their queues after fetch", [
            ("Queue" + camel(n), i, None) for i, n in enumerate(ENGINES[1:])] + [
            ("QueueCount", len(ENGINES) - 1, None)]
        yield "Semaphores, bit numbers", [
            ("Sem" + camel(n), b, None) for n, b in commands["semaphores"].items()] + [
            ("SemCount", len(commands["semaphores"]), None)]
        yield "Semaphores that an engine's commands may wait for and give, masks", [
            (f"Sem{verb}{camel(engine)}",
             sum(1 << b for n, b in commands["semaphores"].items() if n.split("_")[end] == engine), 8)
            for engine in ENGINES[1:] for verb, end in (("Waits", 1), ("Gives", 0))]
        yield "Header and operand words of fixed commands", [
            ("CommandMagic", commands["magic"], 8), ("CommandHeaderWords", 2, None)] + [
            (camel(n) + "OperandWords", c["words"], None)
            for n, c in commands["commands"].items() if c["words"] != "variable"]
        yield "Classes of cycles", [
            ("Class" + camel(n), i, 3) for i, n in enumerate(events["classes"])] + [
            ("ClassCount", len(events["classes"]), None)]
        yield "Engines with classes, in record order", [
            ("Engine" + camel(n), i, None) for i, n in enumerate(events["engines"])] + [
            ("EngineCount", len(events["engines"]), None)]
        yield "Events, in record order", [
            ("Ev" + camel(e["name"]), i, None) for i, e in enumerate(events["events"])] + [
            ("EventCount", len(events["events"]), None),
            ("EventSmall", sum(1 << i for i, e in enumerate(events["events"]) if e.get("small")),
             len(events["events"]))]
        head = len(events["record"])
        yield "Layer record, words of 64 bits", [
            ("Record" + camel(n), i, None) for i, n in enumerate(events["record"])] + [
            ("RecordEvents", head, None),
            ("RecordClasses", head + len(events["events"]), None),
            ("RecordWords", self.record_words(), None)] + [
            ("RecordFlag" + camel(n), b, None) for n, b in events["record_flags"].items()]
        yield "Registers, byte addresses", [
            ("Reg" + camel(r["name"]), r["address"], 12) for r in registers["registers"]] + [
            ("RegWindowBytes", registers["window_bytes"], None),
            ("DeviceMagic", registers["magic"], 32), ("DeviceVersion", registers["version"], 32)]
        yield "Register fields, bit numbers", [
            (f"Reg{camel(r['name'])}{camel(f)}{suffix}", value, None)
            for r in registers["registers"] for f, (lsb, width) in r.get("fields", {}).items()
            for suffix, value in (("Lsb", lsb), ("W", width))]
        yield "Fault codes", [("Fault" + camel(f["name"]), f["code"], 8) for f in registers["faults"]]


# ------------------------------------------------------------------------------------ writing

SOURCES = "spec/*.yaml by scripts/gen_spec.py; do not edit."


def verilog(spec):
    out = [f"// Generated from {SOURCES}", "// SPDX-License-Identifier: Apache-2.0",
           "// Constants and field positions. Lsb counts from bit 0 of a command's first operand word.",
           "// UNUSEDPARAM is off in here: no single top uses every constant.",
           "`default_nettype none", "package weft_pkg;", "  // verilator lint_off UNUSEDPARAM"]
    for comment, group in spec.constants():
        out.append(f"  // {comment}")
        for name, value, bits in group:
            if bits:
                out.append(f"  localparam logic [{bits - 1}:0] {name} = {bits}'h{value:x};")
            else:
                out.append(f"  localparam int {name} = {value};")
    for layout in spec.layouts + spec.payloads:
        group = camel(layout.name)
        out.append(f"  // Fields of {layout.name}")
        out.append(f"  localparam int {group}Bits = {layout.bits};")
        for name, word, lsb, width, _ in layout.fields:
            out.append(f"  localparam int {group}{camel(name)}Lsb = {word * 32 + lsb};")
            out.append(f"  localparam int {group}{camel(name)}W = {width};")
    out += ["  // verilator lint_on UNUSEDPARAM", "endpackage", "`default_nettype wire"]
    return out


def quoted(text):
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def cpp(spec):
    out = [f"// Generated from {SOURCES}", "// SPDX-License-Identifier: Apache-2.0",
           "// clang-format off", "#pragma once", "", "#include <cstdint>", "",
           "namespace weft::spec {", "",
           "// A field of a command's operand words (of a register, of an entry of a pattern).",
           "struct Field {", "  int word, lsb, width;", "  bool is_signed;", "};", ""]
    for comment, group in spec.constants():
        out.append(f"// {comment}")
        for name, value, bits in group:
            number = f"0x{value:x}" if bits and bits >= 7 else str(value)
            kind = "uint32_t" if bits and bits >= 26 else "int"
            out.append(f"constexpr {kind} k{name} = {number};")
        out.append("")
    for layout in spec.layouts + spec.payloads:
        group = camel(layout.name)
        out.append(f"// Fields of {layout.name}")
        out.append(f"constexpr int k{group}Bits = {layout.bits};")
        for name, word, lsb, width, signed in layout.fields:
            out.append(f"constexpr Field k{group}{camel(name)}{{{word}, {lsb}, {width}, "
                       f"{'true' if signed else 'false'}}};")
        out.append("")
    out += ["// Tables, for encoders, disassembly and messages",
            "struct NamedField {", "  const char* name;", "  Field field;", "};", ""]
    for layout in spec.layouts + spec.payloads:
        out.append(f"constexpr NamedField k{camel(layout.name)}Fields[] = {{")
        for name, *_ in layout.fields:
            out.append(f"    {{{quoted(name)}, k{camel(layout.name)}{camel(name)}}},")
        out.append("};")
    out += ["", "struct Command {", "  const char* name;", "  int opcode;",
            "  const char* engine;", "  int operand_words;  // -1: variable",
            "  bool keeps;  // may leave out operand words but word 0",
            "  const NamedField* fields;", "  int field_count;", "  const char* doc;", "};",
            "constexpr Command kCommands[] = {"]
    counts = {layout.name: len(layout.fields) for layout in spec.layouts}
    for name, command in spec.commands["commands"].items():
        words = -1 if command["words"] == "variable" else command["words"]
        table = spec.layout_of.get(name)
        fields = f"k{camel(table)}Fields, {counts[table]}" if table else "nullptr, 0"
        keeps = "true" if command.get("keep") else "false"
        out.append(f"    {{{quoted(name)}, kOp{camel(name)}, {quoted(command['engine'])}, {words}, "
                   f"{keeps}, {fields},\n     {quoted(command['doc'])}}},")
    out += ["};", "", "struct Event {", "  const char* name;", "  const char* unit;",
            "  const char* doc;", "  bool small;  // kept by a configuration with CounterSet: small",
            "};", "constexpr Event kEvents[] = {"]
    for event in spec.events["events"]:
        small = "true" if event.get("small") else "false"
        out.append(f"    {{{quoted(event['name'])}, {quoted(event['unit'])}, "
                   f"{quoted(event['doc'])}, {small}}},")
    out += ["};"]
    for what, names in (("Engine", spec.events["engines"]), ("Class", spec.events["classes"]),
                        ("Semaphore", spec.commands["semaphores"])):
        out.append(f"constexpr const char* k{what}Names[] = {{"
                   + ", ".join(quoted(n) for n in names) + "};")
    out += ["", "struct Fault {", "  const char* name;", "  int code;", "  const char* text;",
            "  const char* address;  // what the fault address register then holds", "};",
            "constexpr Fault kFaults[] = {"]
    for fault in spec.registers["faults"]:
        out.append(f"    {{{quoted(fault['name'])}, kFault{camel(fault['name'])}, "
                   f"{quoted(fault['text'])}, {quoted(fault['address'])}}},")
    out += ["};", "", "struct RegisterField {", "  const char* register_name;", "  const char* name;",
            "  int address, lsb, width;", "};", "constexpr RegisterField kRegisterFields[] = {"]
    for register in spec.registers["registers"]:
        for name, (lsb, width) in register.get("fields", {}).items():
            out.append(f"    {{{quoted(register['name'])}, {quoted(name)}, "
                       f"kReg{camel(register['name'])}, {lsb}, {width}}},")
    out += ["};", "struct Register {", "  const char* name;", "  int address;",
            "  const char* access;", "  const char* doc;", "};",
            "constexpr Register kRegisters[] = {"]
    for register in spec.registers["registers"]:
        out.append(f"    {{{quoted(register['name'])}, kReg{camel(register['name'])}, "
                   f"{quoted(register['access'])}, {quoted(register['doc'])}}},")
    out += ["};", "", "// A resolved configuration; parameters as in docs/microarchitecture.md.",
            "struct Config {", "  const char* name;", "  const char* doc;"]
    parameters = spec.parameters()
    for key in parameters:
        out.append(f"  int {'counter_small' if key == 'CounterSet' else snake(key)};")
    out += ["};", "struct ConfigField {", "  const char* name;  // as in YAML and Verilog",
            "  int Config::*member;", "};", "constexpr ConfigField kConfigFields[] = {"]
    for key in parameters:
        member = "counter_small" if key == "CounterSet" else snake(key)
        name = "CounterSmall" if key == "CounterSet" else key
        out.append(f"    {{{quoted(name)}, &Config::{member}}},")
    out += ["};", "constexpr Config kConfigs[] = {"]
    for config in spec.configs:
        values = []
        for key in parameters:
            value = config[key]
            if key == "CounterSet":
                if value not in ("full", "small"):
                    raise SpecError(f"configuration {config['name']}: CounterSet is {value}, "
                                    "not full or small")
                value = int(value == "small")
            values.append(str(value))
        out.append(f"    {{{quoted(config['name'])}, {quoted(config['doc'])},\n     "
                   + ", ".join(values) + "},")
    out += ["};", "", "}  // namespace weft::spec"]
    return out


def markdown_head(title, source):
    return [f"<!-- Generated from spec/{source} by scripts/gen_spec.py; do not edit. -->",
            f"# {title}", ""]


def markdown_commands(spec):
    out = markdown_head("Commands", "commands.yaml")
    out += ["A program is a sequence of commands, little-endian 32-bit words, closed by `end`. The",
            "two header words come first, then the operand words. Bits are word:msb..lsb.", "",
            "## Header", "", "| field | bits |", "|---|---|"]

    def rows(layout, offset=0):
        for name, word, lsb, width, signed in layout.fields:
            where = f"{word + offset}:{lsb + width - 1}..{lsb}" if width > 1 else f"{word + offset}:{lsb}"
            yield f"| {name} | {where}{' signed' if signed else ''} |"

    layouts = {layout.name: layout for layout in spec.layouts + spec.payloads}
    out += rows(layouts["header"])
    out += ["", f"`magic` is 0x{spec.commands['magic']:02x}; `words` counts the header too. `wait`, `signal` and",
            "`signal_feed` have one bit a semaphore:", "", "| bit | semaphore | from | to |", "|---|---|---|---|"]
    for name, bit in spec.commands["semaphores"].items():
        source, target = name.split("_")
        out.append(f"| {bit} | {name} | {source} | {target} |")
    keeping = [n for n, c in spec.commands["commands"].items() if c.get("keep")]
    out += ["", "Bit i of `keep`: operand word i+1 is not in the stream and is the same as in the engine's command of",
            f"that kind before ({', '.join(keeping)}; with GlbSinglePort = 1 pass only). `words` counts what is in the",
            "stream. At a program's start, and of word 1 of a store behind an end_layer, nothing is held."]
    out += ["", "## Opcodes", "", "| opcode | command | engine | operand words | |", "|---|---|---|---|---|"]
    for name, command in spec.commands["commands"].items():
        out.append(f"| 0x{command['opcode']:02x} | {name} | {command['engine']} | {command['words']} "
                   f"| {command['doc']} |")
    done = set()
    for name in spec.commands["commands"]:
        table = spec.layout_of.get(name)
        if not table or table in done:
            continue
        done.add(table)
        users = [n for n, t in spec.layout_of.items() if t == table]
        out += ["", f"## Operands of {', '.join(users)}", "", "| field | bits of operand words |", "|---|---|"]
        out += rows(layouts[table])
        for payload in spec.payloads:
            if payload.name.startswith(name + "_"):
                part = payload.name[len(name) + 1:]
                out += ["", f"One {part} entry ({payload.bits} bits):", "", "| field | bits |", "|---|---|"]
                out += rows(payload)
    return out


def markdown_registers(spec):
    out = markdown_head("Registers", "registers.yaml")
    out += ["AXI4-Lite, 32 bits, a window of "
            f"{spec.registers['window_bytes']} bytes. Other addresses read 0.", "",
            "| address | name | access | |", "|---|---|---|---|"]
    for r in spec.registers["registers"]:
        out.append(f"| 0x{r['address']:03x} | {r['name']} | {r['access']} | {r['doc']} |")
    out += ["", "## Fields", "", "| register | field | bits |", "|---|---|---|"]
    for r in spec.registers["registers"]:
        for name, (lsb, width) in r.get("fields", {}).items():
            out.append(f"| {r['name']} | {name} | {lsb + width - 1}..{lsb} |"
                       if width > 1 else f"| {r['name']} | {name} | {lsb} |")
    out += ["", "## Fault codes", "", "| code | name | meaning | fault address |", "|---|---|---|---|"]
    for f in spec.registers["faults"]:
        out.append(f"| {f['code']} | {f['name']} | {f['text']} | {f['address']} |")
    return out


def markdown_events(spec):
    e = spec.events
    head = len(e["record"])
    out = markdown_head("Events and layer records", "events.yaml")
    out += ["Events belong to the layer whose command caused them. `small` marks those that a",
            "configuration with CounterSet: small keeps; the others read 0 there.", "",
            f"A layer record is {spec.record_words()} little-endian words of 64 bits: "
            + ", ".join(e["record"]) + f" (words 0 to {head - 1}),",
            f"the events (from word {head}), and for every engine the cycles of every class (from word "
            f"{head + len(e['events'])}).", "Bits of `flags`: "
            + ", ".join(f"{bit} {name}" for name, bit in e["record_flags"].items()) + ".",
            "A layer took end - start cycles; with CounterSet small `start` is always 0. Counters saturate at",
            "2^CounterBits - 1; `saturated` says that a word of an earlier record of the segment has.", "",
            "| word | event | unit | small | |", "|---|---|---|---|---|"]
    for i, event in enumerate(e["events"]):
        out.append(f"| {head + i} | {event['name']} | {event['unit']} "
                   f"| {'yes' if event.get('small') else ''} | {event['doc']} |")
    out += ["", "| derived | |", "|---|---|"]
    out += [f"| {name} | {formula} |" for name, formula in e["derived"].items()]
    out += ["", "Every cycle of every engine is in the first class that holds at its start: "
            + ", ".join(e["classes"]) + ".", "", "| engine | first word |", "|---|---|"]
    for i, engine in enumerate(e["engines"]):
        out.append(f"| {engine} | {head + len(e['events']) + i * len(e['classes'])} |")
    return out


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    spec = Spec(ROOT / "spec")
    files = {"rtl/weft_pkg.sv": verilog, "model/spec_gen.h": cpp, "docs/commands.md": markdown_commands,
             "docs/registers.md": markdown_registers, "docs/events.md": markdown_events}
    differing = []
    for path, writer in files.items():
        text = "\n".join(writer(spec)) + "\n"
        target = ROOT / path
        if target.exists() and target.read_bytes() == text.encode():
            continue
        if arguments:
            differing.append(path)
        else:
            target.write_text(text)
    for path in differing:
        print(f"{path}: differs from what spec/ says; run scripts/gen_spec.py", file=sys.stderr)
    return 4 if differing else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SpecError as error:
        print(f"spec: {error}", file=sys.stderr)
        sys.exit(1)
