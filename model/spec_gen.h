// Generated from spec/*.yaml by scripts/gen_spec.py; do not edit.
// SPDX-License-Identifier: Apache-2.0
// clang-format off
#pragma once

#include <cstdint>

namespace weft::spec {

// A field of a command's operand words (of a register, of an entry of a pattern).
struct Field {
  int word, lsb, width;
  bool is_signed;
};

// Opcodes
constexpr int kOpEnd = 0x1;
constexpr int kOpLoadF = 0x10;
constexpr int kOpLoadI = 0x11;
constexpr int kOpStore = 0x20;
constexpr int kOpEndLayer = 0x21;
constexpr int kOpMap = 0x30;
constexpr int kOpCfg = 0x31;
constexpr int kOpFilter = 0x32;
constexpr int kOpParam = 0x33;
constexpr int kOpPass = 0x34;

// Engines that execute commands, in the order of their queues after fetch
constexpr int kQueueFl = 0;
constexpr int kQueueIl = 1;
constexpr int kQueueSt = 2;
constexpr int kQueueC = 3;
constexpr int kQueueCount = 4;

// Semaphores, bit numbers
constexpr int kSemFlC = 0;
constexpr int kSemCFl = 1;
constexpr int kSemIlC = 2;
constexpr int kSemCIl = 3;
constexpr int kSemCSt = 4;
constexpr int kSemStC = 5;
constexpr int kSemStIl = 6;
constexpr int kSemStFl = 7;
constexpr int kSemCount = 8;

// Semaphores that an engine's commands may wait for and give, masks
constexpr int kSemWaitsFl = 0x82;
constexpr int kSemGivesFl = 0x1;
constexpr int kSemWaitsIl = 0x48;
constexpr int kSemGivesIl = 0x4;
constexpr int kSemWaitsSt = 0x10;
constexpr int kSemGivesSt = 0xe0;
constexpr int kSemWaitsC = 0x25;
constexpr int kSemGivesC = 0x1a;

// Header and operand words of fixed commands
constexpr int kCommandMagic = 0x57;
constexpr int kCommandHeaderWords = 2;
constexpr int kEndOperandWords = 0;
constexpr int kLoadFOperandWords = 8;
constexpr int kLoadIOperandWords = 8;
constexpr int kStoreOperandWords = 8;
constexpr int kEndLayerOperandWords = 2;
constexpr int kCfgOperandWords = 8;
constexpr int kFilterOperandWords = 2;
constexpr int kParamOperandWords = 2;
constexpr int kPassOperandWords = 9;

// Classes of cycles
constexpr int kClassBusy = 0;
constexpr int kClassOutput = 1;
constexpr int kClassMemory = 2;
constexpr int kClassInput = 3;
constexpr int kClassToken = 4;
constexpr int kClassIdle = 5;
constexpr int kClassCount = 6;

// Engines with classes, in record order
constexpr int kEngineFetch = 0;
constexpr int kEngineFl = 1;
constexpr int kEngineIl = 2;
constexpr int kEngineSt = 3;
constexpr int kEngineFeeder = 4;
constexpr int kEngineFilter = 5;
constexpr int kEngineArray = 6;
constexpr int kEngineCollector = 7;
constexpr int kEngineCount = 8;

// Events, in record order
constexpr int kEvMac = 0;
constexpr int kEvMacGated = 1;
constexpr int kEvFilterSpadWr = 2;
constexpr int kEvIfmapSpadWr = 3;
constexpr int kEvPsumSpadRd = 4;
constexpr int kEvPsumSpadWr = 5;
constexpr int kEvChain = 6;
constexpr int kEvActBus = 7;
constexpr int kEvFltBus = 8;
constexpr int kEvActValues = 9;
constexpr int kEvGlbAct = 10;
constexpr int kEvGlbFlt = 11;
constexpr int kEvGlbPsr = 12;
constexpr int kEvGlbRes = 13;
constexpr int kEvGlbStr = 14;
constexpr int kEvGlbLf = 15;
constexpr int kEvGlbLi = 16;
constexpr int kEvGlbPsw = 17;
constexpr int kEvGlbOut = 18;
constexpr int kEvPost = 19;
constexpr int kEvPostAdd = 20;
constexpr int kEvDramRdCmd = 21;
constexpr int kEvDramRdFl = 22;
constexpr int kEvDramRdIl = 23;
constexpr int kEvDramWrSt = 24;
constexpr int kEvDramWrRec = 25;
constexpr int kEventCount = 26;
constexpr uint32_t kEventSmall = 0x1e00003;

// Layer record, words of 64 bits
constexpr int kRecordLayer = 0;
constexpr int kRecordStart = 1;
constexpr int kRecordEnd = 2;
constexpr int kRecordFlags = 3;
constexpr int kRecordEvents = 4;
constexpr int kRecordClasses = 30;
constexpr int kRecordWords = 78;
constexpr int kRecordFlagSaturated = 0;
constexpr int kRecordFlagSmall = 1;

// Registers, byte addresses
constexpr int kRegMagic = 0x0;
constexpr int kRegVersion = 0x4;
constexpr int kRegArray = 0x8;
constexpr int kRegGlbSize = 0xc;
constexpr int kRegConfigHash = 0x10;
constexpr int kRegDoorbell = 0x14;
constexpr int kRegStatus = 0x18;
constexpr int kRegControl = 0x1c;
constexpr int kRegFaultAddrLo = 0x20;
constexpr int kRegFaultAddrHi = 0x24;
constexpr int kRegFaultLayer = 0x28;
constexpr int kRegIrqStatus = 0x2c;
constexpr int kRegIrqEnable = 0x30;
constexpr int kRegCyclesLo = 0x34;
constexpr int kRegCyclesHi = 0x38;
constexpr int kRegWatchdogMemory = 0x40;
constexpr int kRegWatchdogToken = 0x44;
constexpr int kRegWindowBaseLo = 0x48;
constexpr int kRegWindowBaseHi = 0x4c;
constexpr int kRegWindowSize = 0x50;
constexpr int kRegProgram = 0x54;
constexpr int kRegProgramBytes = 0x58;
constexpr int kRegWindowBytes = 4096;
constexpr uint32_t kDeviceMagic = 0x54464557;
constexpr uint32_t kDeviceVersion = 0x2;

// Register fields, bit numbers
constexpr int kRegArrayRowsLsb = 0;
constexpr int kRegArrayRowsW = 8;
constexpr int kRegArrayColsLsb = 8;
constexpr int kRegArrayColsW = 8;
constexpr int kRegArrayLanesLsb = 16;
constexpr int kRegArrayLanesW = 4;
constexpr int kRegArraySegsLsb = 20;
constexpr int kRegArraySegsW = 4;
constexpr int kRegArraySmallLsb = 24;
constexpr int kRegArraySmallW = 1;
constexpr int kRegArrayPlainLsb = 25;
constexpr int kRegArrayPlainW = 1;
constexpr int kRegDoorbellStartLsb = 0;
constexpr int kRegDoorbellStartW = 1;
constexpr int kRegStatusBusyLsb = 0;
constexpr int kRegStatusBusyW = 1;
constexpr int kRegStatusDoneLsb = 1;
constexpr int kRegStatusDoneW = 1;
constexpr int kRegStatusFaultLsb = 2;
constexpr int kRegStatusFaultW = 1;
constexpr int kRegStatusIgnoredLsb = 3;
constexpr int kRegStatusIgnoredW = 1;
constexpr int kRegStatusFaultCodeLsb = 8;
constexpr int kRegStatusFaultCodeW = 8;
constexpr int kRegControlAbortLsb = 0;
constexpr int kRegControlAbortW = 1;
constexpr int kRegControlSoftResetLsb = 1;
constexpr int kRegControlSoftResetW = 1;
constexpr int kRegIrqStatusDoneLsb = 0;
constexpr int kRegIrqStatusDoneW = 1;
constexpr int kRegIrqStatusFaultLsb = 1;
constexpr int kRegIrqStatusFaultW = 1;
constexpr int kRegIrqEnableDoneLsb = 0;
constexpr int kRegIrqEnableDoneW = 1;
constexpr int kRegIrqEnableFaultLsb = 1;
constexpr int kRegIrqEnableFaultW = 1;
constexpr int kRegWatchdogMemoryLevelLsb = 0;
constexpr int kRegWatchdogMemoryLevelW = 3;
constexpr int kRegWatchdogTokenLevelLsb = 0;
constexpr int kRegWatchdogTokenLevelW = 3;

// Fault codes
constexpr int kFaultNone = 0x0;
constexpr int kFaultMemRead = 0x1;
constexpr int kFaultMemWrite = 0x2;
constexpr int kFaultWindow = 0x3;
constexpr int kFaultMemTimeout = 0x4;
constexpr int kFaultToken = 0x5;
constexpr int kFaultCommand = 0x6;
constexpr int kFaultGlb = 0x7;

// Fields of header
constexpr int kHeaderBits = 64;
constexpr Field kHeaderOpcode{0, 0, 7, false};
constexpr Field kHeaderParity{0, 7, 1, false};
constexpr Field kHeaderWords{0, 8, 16, false};
constexpr Field kHeaderMagic{0, 24, 8, false};
constexpr Field kHeaderWait{1, 0, 8, false};
constexpr Field kHeaderSignal{1, 8, 8, false};
constexpr Field kHeaderSignalFeed{1, 16, 8, false};
constexpr Field kHeaderKeep{1, 24, 8, false};

// Fields of move
constexpr int kMoveBits = 256;
constexpr Field kMoveMem{0, 0, 32, false};
constexpr Field kMoveGlb{1, 0, 18, false};
constexpr Field kMoveRun{2, 0, 20, false};
constexpr Field kMoveN1{3, 0, 16, false};
constexpr Field kMoveN2{3, 16, 16, false};
constexpr Field kMoveMemStride1{4, 0, 32, false};
constexpr Field kMoveMemStride2{5, 0, 32, false};
constexpr Field kMoveGlbStride1{6, 0, 18, false};
constexpr Field kMoveGlbStride2{7, 0, 18, false};

// Fields of end_layer
constexpr int kEndLayerBits = 64;
constexpr Field kEndLayerLayer{0, 0, 32, false};
constexpr Field kEndLayerMem{1, 0, 32, false};

// Fields of map
constexpr int kMapBits = 32;
constexpr Field kMapPattern{0, 0, 2, false};
constexpr Field kMapStreams{0, 8, 8, false};
constexpr Field kMapUnits{0, 16, 8, false};

// Fields of cfg
constexpr int kCfgBits = 256;
constexpr Field kCfgActZp{0, 0, 9, true};
constexpr Field kCfgActUnsigned{0, 9, 1, false};
constexpr Field kCfgSingleRounding{0, 10, 1, false};
constexpr Field kCfgResUnsigned{0, 11, 1, false};
constexpr Field kCfgSlot{0, 31, 1, false};
constexpr Field kCfgOutZp{1, 0, 9, true};
constexpr Field kCfgLo{1, 9, 9, true};
constexpr Field kCfgHi{1, 18, 9, true};
constexpr Field kCfgAddZ1{2, 0, 9, true};
constexpr Field kCfgAddZ2{2, 9, 9, true};
constexpr Field kCfgAddM1{3, 0, 32, true};
constexpr Field kCfgAddM2{4, 0, 32, true};
constexpr Field kCfgAddM3{5, 0, 32, true};
constexpr Field kCfgAddE1{6, 0, 7, true};
constexpr Field kCfgAddE2{6, 7, 7, true};
constexpr Field kCfgAddE3{6, 14, 7, true};
constexpr Field kCfgAddZp{7, 0, 9, true};
constexpr Field kCfgAddLo{7, 9, 9, true};
constexpr Field kCfgAddHi{7, 18, 9, true};

// Fields of filter
constexpr int kFilterBits = 64;
constexpr Field kFilterGlb{0, 0, 18, false};
constexpr Field kFilterCopy{0, 18, 1, false};
constexpr Field kFilterZp{0, 19, 9, true};
constexpr Field kFilterUnsigned{0, 28, 1, false};
constexpr Field kFilterPattern{0, 29, 2, false};
constexpr Field kFilterBeats{1, 0, 16, false};
constexpr Field kFilterSets{1, 16, 16, false};

// Fields of param
constexpr int kParamBits = 64;
constexpr Field kParamGlb{0, 0, 18, false};
constexpr Field kParamHalf{0, 18, 1, false};
constexpr Field kParamRows{1, 0, 16, false};

// Fields of pass
constexpr int kPassBits = 288;
constexpr Field kPassCopy{0, 1, 1, false};
constexpr Field kPassHalf{0, 2, 1, false};
constexpr Field kPassCfg{0, 3, 1, false};
constexpr Field kPassAccIn{0, 4, 1, false};
constexpr Field kPassLast{0, 5, 1, false};
constexpr Field kPassDw{0, 6, 1, false};
constexpr Field kPassMax{0, 7, 1, false};
constexpr Field kPassSegs{0, 8, 4, false};
constexpr Field kPassParity{0, 12, 1, false};
constexpr Field kPassStreams{0, 13, 8, false};
constexpr Field kPassUnits{0, 21, 8, false};
constexpr Field kPassPattern{0, 29, 2, false};
constexpr Field kPassActBase{1, 0, 18, false};
constexpr Field kPassQ{1, 18, 7, false};
constexpr Field kPassQShort{1, 25, 7, false};
constexpr Field kPassXstride{2, 0, 18, false};
constexpr Field kPassXcount{2, 18, 10, false};
constexpr Field kPassSteps{3, 0, 10, false};
constexpr Field kPassTaps{3, 10, 4, false};
constexpr Field kPassStride{3, 14, 4, false};
constexpr Field kPassRpt{3, 18, 5, false};
constexpr Field kPassGroups{3, 23, 8, false};
constexpr Field kPassTapStride{4, 0, 8, false};
constexpr Field kPassFilterStride{4, 8, 9, false};
constexpr Field kPassStepStride{4, 17, 8, false};
constexpr Field kPassPsumBase{5, 0, 18, false};
constexpr Field kPassP{5, 18, 7, false};
constexpr Field kPassOutBase{6, 0, 18, false};
constexpr Field kPassOutStride{7, 0, 18, false};
constexpr Field kPassResDelta{8, 0, 18, false};
constexpr Field kPassResEn{8, 18, 1, false};

// Fields of map_pe
constexpr int kMapPeBits = 16;
constexpr Field kMapPeActId{0, 0, 8, false};
constexpr Field kMapPeFid{0, 8, 6, false};
constexpr Field kMapPeVoid{0, 14, 1, false};
constexpr Field kMapPeEnabled{0, 15, 1, false};

// Fields of map_stream
constexpr int kMapStreamBits = 32;
constexpr Field kMapStreamOffset{0, 0, 18, false};
constexpr Field kMapStreamFirst{0, 18, 4, false};
constexpr Field kMapStreamCount{0, 22, 9, false};
constexpr Field kMapStreamShort{0, 31, 1, false};

// Fields of map_unit
constexpr int kMapUnitBits = 32;
constexpr Field kMapUnitOffset{0, 0, 18, false};
constexpr Field kMapUnitParamRow{0, 18, 8, false};
constexpr Field kMapUnitUnit{0, 26, 6, false};

// Tables, for encoders, disassembly and messages
struct NamedField {
  const char* name;
  Field field;
};

constexpr NamedField kHeaderFields[] = {
    {"opcode", kHeaderOpcode},
    {"parity", kHeaderParity},
    {"words", kHeaderWords},
    {"magic", kHeaderMagic},
    {"wait", kHeaderWait},
    {"signal", kHeaderSignal},
    {"signal_feed", kHeaderSignalFeed},
    {"keep", kHeaderKeep},
};
constexpr NamedField kMoveFields[] = {
    {"mem", kMoveMem},
    {"glb", kMoveGlb},
    {"run", kMoveRun},
    {"n1", kMoveN1},
    {"n2", kMoveN2},
    {"mem_stride1", kMoveMemStride1},
    {"mem_stride2", kMoveMemStride2},
    {"glb_stride1", kMoveGlbStride1},
    {"glb_stride2", kMoveGlbStride2},
};
constexpr NamedField kEndLayerFields[] = {
    {"layer", kEndLayerLayer},
    {"mem", kEndLayerMem},
};
constexpr NamedField kMapFields[] = {
    {"pattern", kMapPattern},
    {"streams", kMapStreams},
    {"units", kMapUnits},
};
constexpr NamedField kCfgFields[] = {
    {"act_zp", kCfgActZp},
    {"act_unsigned", kCfgActUnsigned},
    {"single_rounding", kCfgSingleRounding},
    {"res_unsigned", kCfgResUnsigned},
    {"slot", kCfgSlot},
    {"out_zp", kCfgOutZp},
    {"lo", kCfgLo},
    {"hi", kCfgHi},
    {"add_z1", kCfgAddZ1},
    {"add_z2", kCfgAddZ2},
    {"add_m1", kCfgAddM1},
    {"add_m2", kCfgAddM2},
    {"add_m3", kCfgAddM3},
    {"add_e1", kCfgAddE1},
    {"add_e2", kCfgAddE2},
    {"add_e3", kCfgAddE3},
    {"add_zp", kCfgAddZp},
    {"add_lo", kCfgAddLo},
    {"add_hi", kCfgAddHi},
};
constexpr NamedField kFilterFields[] = {
    {"glb", kFilterGlb},
    {"copy", kFilterCopy},
    {"zp", kFilterZp},
    {"unsigned", kFilterUnsigned},
    {"pattern", kFilterPattern},
    {"beats", kFilterBeats},
    {"sets", kFilterSets},
};
constexpr NamedField kParamFields[] = {
    {"glb", kParamGlb},
    {"half", kParamHalf},
    {"rows", kParamRows},
};
constexpr NamedField kPassFields[] = {
    {"copy", kPassCopy},
    {"half", kPassHalf},
    {"cfg", kPassCfg},
    {"acc_in", kPassAccIn},
    {"last", kPassLast},
    {"dw", kPassDw},
    {"max", kPassMax},
    {"segs", kPassSegs},
    {"parity", kPassParity},
    {"streams", kPassStreams},
    {"units", kPassUnits},
    {"pattern", kPassPattern},
    {"act_base", kPassActBase},
    {"q", kPassQ},
    {"q_short", kPassQShort},
    {"xstride", kPassXstride},
    {"xcount", kPassXcount},
    {"steps", kPassSteps},
    {"taps", kPassTaps},
    {"stride", kPassStride},
    {"rpt", kPassRpt},
    {"groups", kPassGroups},
    {"tap_stride", kPassTapStride},
    {"filter_stride", kPassFilterStride},
    {"step_stride", kPassStepStride},
    {"psum_base", kPassPsumBase},
    {"p", kPassP},
    {"out_base", kPassOutBase},
    {"out_stride", kPassOutStride},
    {"res_delta", kPassResDelta},
    {"res_en", kPassResEn},
};
constexpr NamedField kMapPeFields[] = {
    {"act_id", kMapPeActId},
    {"fid", kMapPeFid},
    {"void", kMapPeVoid},
    {"enabled", kMapPeEnabled},
};
constexpr NamedField kMapStreamFields[] = {
    {"offset", kMapStreamOffset},
    {"first", kMapStreamFirst},
    {"count", kMapStreamCount},
    {"short", kMapStreamShort},
};
constexpr NamedField kMapUnitFields[] = {
    {"offset", kMapUnitOffset},
    {"param_row", kMapUnitParamRow},
    {"unit", kMapUnitUnit},
};

struct Command {
  const char* name;
  int opcode;
  const char* engine;
  int operand_words;  // -1: variable
  bool keeps;  // may leave out operand words but word 0
  const NamedField* fields;
  int field_count;
  const char* doc;
};
constexpr Command kCommands[] = {
    {"end", kOpEnd, "fetch", 0, false, nullptr, 0,
     "No more commands. The segment is done when every engine is idle and no burst outstanding."},
    {"load_f", kOpLoadF, "fl", 8, true, kMoveFields, 9,
     "for i2 < n2, i1 < n1: GLB[glb + i1*glb_stride1 + i2*glb_stride2 ..] = mem[mem + i1*mem_stride1 + i2*mem_stride2 ..], run bytes each"},
    {"load_i", kOpLoadI, "il", 8, true, kMoveFields, 9,
     "As load_f, in the ifmap load engine."},
    {"store", kOpStore, "st", 8, true, kMoveFields, 9,
     "As load_f with source and destination exchanged."},
    {"end_layer", kOpEndLayer, "st", 2, false, kEndLayerFields, 2,
     "Waits for the answers of all earlier stores (that cycle ends the layer), then writes the layer's record to memory."},
    {"map", kOpMap, "c", -1, false, kMapFields, 3,
     "Loads a pattern. Operand word 0, then the PE words, stream words and unit words."},
    {"cfg", kOpCfg, "c", 8, false, kCfgFields, 19,
     "Layer constants, in one of two slots."},
    {"filter", kOpFilter, "c", 2, false, kFilterFields, 7,
     "Loads one copy of all filter spads from the GLB."},
    {"param", kOpParam, "c", 2, false, kParamFields, 3,
     "Loads one half of the parameter memory from the GLB, rows 0 .. rows-1 of it."},
    {"pass", kOpPass, "c", 9, true, kPassFields, 31,
     "One pass over the array."},
};

struct Event {
  const char* name;
  const char* unit;
  const char* doc;
  bool small;  // kept by a configuration with CounterSet: small
};
constexpr Event kEvents[] = {
    {"mac", "operations", "multiplications with a nonzero activation and a nonzero weight", true},
    {"mac_gated", "operations", "multiplier cycles held because the weight is zero", true},
    {"filter_spad_wr", "words", "filter spad words (of L weights) written, all PEs", false},
    {"ifmap_spad_wr", "entries", "window entries written, all PEs", false},
    {"psum_spad_rd", "words", "psum spad words of 32 bits read", false},
    {"psum_spad_wr", "words", "psum spad words of 32 bits written", false},
    {"chain", "words", "sums moved from a PE to its neighbour or out of the array", false},
    {"act_bus", "entries", "nonzero activations sent on the ifmap bus, however many PEs take them", false},
    {"flt_bus", "beats", "beats of the filter bus", false},
    {"act_values", "bytes", "activations in all tokens, zeros included", false},
    {"glb_act", "words", "GLB words read for the ifmap bus", false},
    {"glb_flt", "words", "GLB words read for filters and parameters", false},
    {"glb_psr", "words", "GLB words of stored sums read", false},
    {"glb_res", "words", "GLB words of residual operands read", false},
    {"glb_str", "words", "GLB words read by the store engine", false},
    {"glb_lf", "words", "GLB words written by the filter load engine", false},
    {"glb_li", "words", "GLB words written by the ifmap load engine", false},
    {"glb_psw", "words", "GLB words of sums written", false},
    {"glb_out", "words", "GLB words of outputs written", false},
    {"post", "outputs", "outputs requantized", false},
    {"post_add", "outputs", "outputs that a residual was added to", false},
    {"dram_rd_cmd", "bytes", "bytes of commands read (in the layer's time window, as classes)", true},
    {"dram_rd_fl", "bytes", "bytes of beats read by the filter load engine", true},
    {"dram_rd_il", "bytes", "bytes of beats read by the ifmap load engine", true},
    {"dram_wr_st", "bytes", "bytes of strobes written by the store engine", true},
    {"dram_wr_rec", "bytes", "bytes of layer records written (of the layer before)", false},
};
constexpr const char* kEngineNames[] = {"fetch", "fl", "il", "st", "feeder", "filter", "array", "collector"};
constexpr const char* kClassNames[] = {"busy", "output", "memory", "input", "token", "idle"};
constexpr const char* kSemaphoreNames[] = {"fl_c", "c_fl", "il_c", "c_il", "c_st", "st_c", "st_il", "st_fl"};

struct Fault {
  const char* name;
  int code;
  const char* text;
  const char* address;  // what the fault address register then holds
};
constexpr Fault kFaults[] = {
    {"none", kFaultNone, "no fault", "nothing"},
    {"mem_read", kFaultMemRead, "the memory answered a read with an error", "memory address of the burst"},
    {"mem_write", kFaultMemWrite, "the memory answered a write with an error", "memory address of the burst"},
    {"window", kFaultWindow, "access outside the DMA window", "memory address of the burst"},
    {"mem_timeout", kFaultMemTimeout, "the memory did not answer", "memory address of the oldest burst"},
    {"token", kFaultToken, "an engine waited too long for a token or a semaphore overflowed", "bits 3..0: engines fl, il, st, c that waited; bit 4: overflow"},
    {"command", kFaultCommand, "corrupt command", "offset of the wrong word from the program's start"},
    {"glb", kFaultGlb, "two clients on one GLB bank or an address beyond the GLB", "nothing"},
};

struct RegisterField {
  const char* register_name;
  const char* name;
  int address, lsb, width;
};
constexpr RegisterField kRegisterFields[] = {
    {"array", "rows", kRegArray, 0, 8},
    {"array", "cols", kRegArray, 8, 8},
    {"array", "lanes", kRegArray, 16, 4},
    {"array", "segs", kRegArray, 20, 4},
    {"array", "small", kRegArray, 24, 1},
    {"array", "plain", kRegArray, 25, 1},
    {"doorbell", "start", kRegDoorbell, 0, 1},
    {"status", "busy", kRegStatus, 0, 1},
    {"status", "done", kRegStatus, 1, 1},
    {"status", "fault", kRegStatus, 2, 1},
    {"status", "ignored", kRegStatus, 3, 1},
    {"status", "fault_code", kRegStatus, 8, 8},
    {"control", "abort", kRegControl, 0, 1},
    {"control", "soft_reset", kRegControl, 1, 1},
    {"irq_status", "done", kRegIrqStatus, 0, 1},
    {"irq_status", "fault", kRegIrqStatus, 1, 1},
    {"irq_enable", "done", kRegIrqEnable, 0, 1},
    {"irq_enable", "fault", kRegIrqEnable, 1, 1},
    {"watchdog_memory", "level", kRegWatchdogMemory, 0, 3},
    {"watchdog_token", "level", kRegWatchdogToken, 0, 3},
};
struct Register {
  const char* name;
  int address;
  const char* access;
  const char* doc;
};
constexpr Register kRegisters[] = {
    {"magic", kRegMagic, "ro", "identity, always 0x54464557 (WEFT)"},
    {"version", kRegVersion, "ro", "version of this register map and of the commands"},
    {"array", kRegArray, "ro", "size of the array"},
    {"glb_size", kRegGlbSize, "ro", "bytes of the global buffer"},
    {"config_hash", kRegConfigHash, "ro", "first 32 bits of the resolved configuration's hash"},
    {"doorbell", kRegDoorbell, "wo", "starts the program; while busy it is ignored and sets status.ignored"},
    {"status", kRegStatus, "ro", "state of the machine; done, fault and ignored stay until the next accepted doorbell or soft reset"},
    {"control", kRegControl, "wo", "abort stops issuing, drains and ends busy without done; soft_reset does it too and clears status, irq_status and fault_*"},
    {"fault_addr_lo", kRegFaultAddrLo, "ro", "what the fault is about, see its code"},
    {"fault_addr_hi", kRegFaultAddrHi, "ro", "upper half"},
    {"fault_layer", kRegFaultLayer, "ro", "number of layer records written before the fault"},
    {"irq_status", kRegIrqStatus, "w1c", "the interrupt is high while a bit of it is set and enabled"},
    {"irq_enable", kRegIrqEnable, "rw", "which bits of irq_status raise the interrupt"},
    {"cycles_lo", kRegCyclesLo, "ro", "cycles since the accepted doorbell, stands still when done; a read latches the upper half"},
    {"cycles_hi", kRegCyclesHi, "ro", "upper half as latched by the last read of cycles_lo"},
    {"watchdog_memory", kRegWatchdogMemory, "rw", "2^(3*level+6) cycles without a beat while a burst is outstanding are fault mem_timeout, level 0: never"},
    {"watchdog_token", kRegWatchdogToken, "rw", "an engine that waits longer than once to twice 2^(3*level+6) cycles for one token is fault token, level 0: never"},
    {"window_base_lo", kRegWindowBaseLo, "rw", "memory address of offset 0 of the DMA window, aligned to 4 KiB; always 0 with a plain memory port"},
    {"window_base_hi", kRegWindowBaseHi, "rw", "upper half"},
    {"window_size", kRegWindowSize, "rw", "bytes of the DMA window, a multiple of 64; bits that an implementation does not have read 0"},
    {"program", kRegProgram, "rw", "offset of the first command in the DMA window, a multiple of 64"},
    {"program_bytes", kRegProgramBytes, "rw", "length of the commands, a multiple of the memory beat"},
};

// A resolved configuration; parameters as in docs/microarchitecture.md.
struct Config {
  const char* name;
  const char* doc;
  int rows;
  int cols;
  int lanes;
  int segs;
  int filter_depth;
  int win_rows;
  int win_lanes;
  int col_slots;
  int psum_rows;
  int psum_banks;
  int step_slots;
  int glb_banks;
  int glb_bank_bytes;
  int glb_bytes;
  int glb_single_port;
  int post_lanes;
  int post_serial;
  int out_rows;
  int param_rows;
  int patterns;
  int mem_bytes;
  int max_burst_bytes;
  int max_reads;
  int max_writes;
  int queue_words;
  int counter_bits;
  int counter_small;
  int plain_memory;
  int clock_mhz;
};
struct ConfigField {
  const char* name;  // as in YAML and Verilog
  int Config::*member;
};
constexpr ConfigField kConfigFields[] = {
    {"Rows", &Config::rows},
    {"Cols", &Config::cols},
    {"Lanes", &Config::lanes},
    {"Segs", &Config::segs},
    {"FilterDepth", &Config::filter_depth},
    {"WinRows", &Config::win_rows},
    {"WinLanes", &Config::win_lanes},
    {"ColSlots", &Config::col_slots},
    {"PsumRows", &Config::psum_rows},
    {"PsumBanks", &Config::psum_banks},
    {"StepSlots", &Config::step_slots},
    {"GlbBanks", &Config::glb_banks},
    {"GlbBankBytes", &Config::glb_bank_bytes},
    {"GlbBytes", &Config::glb_bytes},
    {"GlbSinglePort", &Config::glb_single_port},
    {"PostLanes", &Config::post_lanes},
    {"PostSerial", &Config::post_serial},
    {"OutRows", &Config::out_rows},
    {"ParamRows", &Config::param_rows},
    {"Patterns", &Config::patterns},
    {"MemBytes", &Config::mem_bytes},
    {"MaxBurstBytes", &Config::max_burst_bytes},
    {"MaxReads", &Config::max_reads},
    {"MaxWrites", &Config::max_writes},
    {"QueueWords", &Config::queue_words},
    {"CounterBits", &Config::counter_bits},
    {"CounterSmall", &Config::counter_small},
    {"PlainMemory", &Config::plain_memory},
    {"ClockMhz", &Config::clock_mhz},
};
constexpr Config kConfigs[] = {
    {"ecp5", "8 x 4 PEs of two multipliers for an ECP5-85F",
     8, 4, 2, 2, 256, 128, 2, 16, 32, 2, 8, 7, 16384, 16, 0, 4, 0, 8, 64, 2, 8, 128, 8, 8, 128, 40, 0, 0, 60},
    {"nano", "2 PEs of two multipliers for an iCE40 UP5K",
     2, 1, 2, 1, 128, 32, 1, 4, 16, 1, 2, 1, 65536, 4, 1, 1, 1, 1, 32, 2, 4, 32, 1, 1, 32, 32, 1, 1, 16},
    {"odd", "5 x 7 PEs, small spads, 16 KiB GLB, so that most layers split",
     5, 7, 1, 2, 64, 16, 3, 8, 16, 2, 4, 16, 1024, 8, 0, 4, 0, 3, 16, 2, 8, 128, 3, 2, 64, 64, 0, 0, 200},
    {"weft168", "Eyeriss-class, 168 PEs of one multiplier",
     12, 14, 1, 4, 256, 16, 8, 16, 64, 4, 16, 54, 2048, 16, 0, 8, 0, 4, 64, 4, 8, 128, 16, 8, 128, 64, 0, 0, 200},
};

}  // namespace weft::spec
