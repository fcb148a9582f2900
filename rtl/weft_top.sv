// SPDX-License-Identifier: Apache-2.0
// The accelerator: control, memory engines, GLB, array, post-processing. Ports: AXI4-Lite slave for
// the host's registers, AXI4 master (PlainMemory=0) or plain valid/ready port (PlainMemory=1) for
// memory, one interrupt. Parameters: docs/microarchitecture.md section 1. GlbSinglePort=1 also asks
// for the smallest control: one pass in flight, one CFG register, one RAM for all command queues,
// one engine for all moves (MaxReads = MaxWrites = 1).
// rst_ni resets the host's registers and, through them, the core, which every doorbell resets too.
`default_nettype none
module weft_top #(
    parameter int Rows = 12,
    parameter int Cols = 14,
    parameter int Lanes = 1,
    parameter int Segs = 4,
    parameter int FilterDepth = 256,
    parameter int WinRows = 16,
    parameter int WinLanes = 8,
    parameter int ColSlots = 16,
    parameter int PsumRows = 64,
    parameter int PsumBanks = 4,
    parameter int StepSlots = 16,
    parameter int GlbBanks = 27,
    parameter int GlbBankBytes = 4096,
    parameter int GlbBytes = 16,
    parameter int GlbSinglePort = 0,
    parameter int PostLanes = 8,
    parameter int PostSerial = 0,
    parameter int OutRows = 4,
    parameter int ParamRows = 64,
    parameter int Patterns = 4,
    parameter int MemBytes = 8,
    parameter int MaxBurstBytes = 128,
    parameter int MaxReads = 8,
    parameter int MaxWrites = 8,
    parameter int QueueWords = 128,
    parameter int CounterBits = 64,
    parameter int CounterSmall = 0,
    parameter int PlainMemory = 0,
    parameter [31:0] ConfigHash = 0
) (
    input  wire                   clk_i,
    input  wire                   rst_ni,
    // AXI4-Lite slave
    input  wire [11:0]            s_axil_awaddr_i,
    input  wire                   s_axil_awvalid_i,
    output wire                   s_axil_awready_o,
    input  wire [31:0]            s_axil_wdata_i,
    input  wire [3:0]             s_axil_wstrb_i,
    input  wire                   s_axil_wvalid_i,
    output wire                   s_axil_wready_o,
    output wire [1:0]             s_axil_bresp_o,
    output wire                   s_axil_bvalid_o,
    input  wire                   s_axil_bready_i,
    input  wire [11:0]            s_axil_araddr_i,
    input  wire                   s_axil_arvalid_i,
    output wire                   s_axil_arready_o,
    output wire [31:0]            s_axil_rdata_o,
    output wire [1:0]             s_axil_rresp_o,
    output wire                   s_axil_rvalid_o,
    input  wire                   s_axil_rready_i,
    output wire                   irq_o,
    // AXI4 master
    output wire                   m_axi_arvalid_o,
    input  wire                   m_axi_arready_i,
    output wire [63:0]            m_axi_araddr_o,
    output wire [7:0]             m_axi_arlen_o,
    output wire [2:0]             m_axi_arsize_o,
    output wire [1:0]             m_axi_arburst_o,
    input  wire                   m_axi_rvalid_i,
    output wire                   m_axi_rready_o,
    input  wire [MemBytes*8-1:0]  m_axi_rdata_i,
    input  wire [1:0]             m_axi_rresp_i,
    input  wire                   m_axi_rlast_i,
    output wire                   m_axi_awvalid_o,
    input  wire                   m_axi_awready_i,
    output wire [63:0]            m_axi_awaddr_o,
    output wire [7:0]             m_axi_awlen_o,
    output wire [2:0]             m_axi_awsize_o,
    output wire [1:0]             m_axi_awburst_o,
    output wire                   m_axi_wvalid_o,
    input  wire                   m_axi_wready_i,
    output wire [MemBytes*8-1:0]  m_axi_wdata_o,
    output wire [MemBytes-1:0]    m_axi_wstrb_o,
    output wire                   m_axi_wlast_o,
    input  wire                   m_axi_bvalid_i,
    output wire                   m_axi_bready_o,
    input  wire [1:0]             m_axi_bresp_i,
    // Plain memory port
    output wire                   p_valid_o,
    input  wire                   p_ready_i,
    output wire                   p_write_o,
    output wire [31:0]            p_addr_o,
    output wire [MemBytes*8-1:0]  p_wdata_o,
    output wire [MemBytes-1:0]    p_wstrb_o,
    input  wire                   p_rvalid_i,
    output wire                   p_rready_o,
    input  wire [MemBytes*8-1:0]  p_rdata_i,
    input  wire                   p_rerr_i
);
  localparam int MaxStreams = Rows * Cols;
  localparam int MaxUnits = Cols * Segs;
  localparam int AddrBits = PlainMemory != 0 ? 24 : 32;  // of an offset in the DMA window
  localparam int Small = GlbSinglePort;
  localparam int PassSlots = Small != 0 ? 1 : 2;
  // Front ends of FL, IL, ST hold a command's operands (Small: weft_mover takes them in turn).
  localparam int Operands = Small != 0 ? 0 : 8;
  localparam int OpBits = (Small != 0 ? 1 : 8) * 32;
  localparam int LongestMap = 3 + (Rows * Cols + 1) / 2 + MaxStreams + MaxUnits;
  localparam int LeftBits = LongestMap < 16 ? 4 : $clog2(LongestMap + 1);  // of a command's words
  localparam int PassBits = weft_pkg::PassBits;
  localparam int CfgBits = weft_pkg::CfgBits;
  localparam int OffW = $clog2(FilterDepth);
  localparam int CountW = $clog2(WinLanes + 1);
  localparam int WordBits = GlbBytes * 8;
  localparam int UnitW = MaxUnits > 1 ? $clog2(MaxUnits) : 1;
  localparam int LaneW = PostLanes > 1 ? $clog2(PostLanes) : 1;
  localparam int RowW = $clog2(2 * ParamRows);
  localparam int PostCountW = $clog2(PostLanes + 1);
  localparam int Fl = weft_pkg::QueueFl;
  localparam int Il = weft_pkg::QueueIl;
  localparam int St = weft_pkg::QueueSt;
  localparam int C = weft_pkg::QueueC;
  genvar e;

  // ---- host's registers ----
  wire core_rst_n, run, tick, idle, mem_idle, rec_done;
  wire [63:0] cycle, window_base;
  wire [31:0] window_size, program_start, program_bytes, watchdog_memory;
  wire fault_mem, fault_cmd, conflict, range, sem_overflow;
  wire [7:0] fault_mem_code;
  wire [63:0] fault_mem_addr;
  wire [31:0] fault_cmd_addr;
  wire [3:0] timeout;
  weft_csr #(
      .Rows(Rows), .Cols(Cols), .Lanes(Lanes), .Segs(Segs), .GlbSize(GlbBanks * GlbBankBytes),
      .MemBytes(MemBytes), .PlainMemory(PlainMemory), .CounterSmall(CounterSmall),
      .CounterBits(CounterBits < 32 ? 32 : CounterBits), .AddrBits(AddrBits), .ConfigHash(ConfigHash)) u_csr (
      .clk_i, .rst_ni, .s_axil_awaddr_i, .s_axil_awvalid_i, .s_axil_awready_o, .s_axil_wdata_i,
      .s_axil_wstrb_i, .s_axil_wvalid_i, .s_axil_wready_o, .s_axil_bresp_o, .s_axil_bvalid_o,
      .s_axil_bready_i, .s_axil_araddr_i, .s_axil_arvalid_i, .s_axil_arready_o, .s_axil_rdata_o,
      .s_axil_rresp_o, .s_axil_rvalid_o, .s_axil_rready_i, .irq_o, .core_rst_no(core_rst_n),
      .run_o(run), .cycle_o(cycle), .window_base_o(window_base), .window_size_o(window_size),
      .program_o(program_start), .program_bytes_o(program_bytes),
      .watchdog_memory_o(watchdog_memory), .tick_o(tick), .idle_i(idle), .mem_idle_i(mem_idle),
      .record_i(rec_done), .fault_mem_i(fault_mem), .fault_mem_code_i(fault_mem_code),
      .fault_mem_addr_i(fault_mem_addr), .fault_cmd_i(fault_cmd),
      .fault_cmd_addr_i(fault_cmd_addr), .fault_token_i({sem_overflow, timeout}),
      .fault_glb_i(conflict || range));

  // ---- command fetch, queues, semaphores, front ends ----
  wire fetch_rq_valid, fetch_rq_ready, fetch_rs_valid, fetch_rs_ready;
  wire [31:0] fetch_rq_addr;
  wire [7:0] fetch_rq_beats;
  wire [MemBytes*8-1:0] rs_data;
  wire word_valid, fetch_word, fetch_idle, queues_empty;
  wire [1:0] word_queue;
  wire [31:0] word_data;
  wire [2:0] pops, fetch_class;
  weft_fetch #(
      .Rows(Rows), .Cols(Cols), .MaxStreams(MaxStreams), .MaxUnits(MaxUnits), .MemBytes(MemBytes),
      .MaxBurstBytes(MaxBurstBytes), .QueueWords(QueueWords), .KeepMoves(1 - Small),
      .AddrBits(AddrBits)) u_fetch (
      .clk_i, .rst_ni(core_rst_n), .run_i(run), .program_i(program_start),
      .program_bytes_i(program_bytes), .rq_valid_o(fetch_rq_valid), .rq_ready_i(fetch_rq_ready),
      .rq_addr_o(fetch_rq_addr), .rq_beats_o(fetch_rq_beats), .rs_valid_i(fetch_rs_valid),
      .rs_ready_o(fetch_rs_ready), .rs_data_i(rs_data), .word_valid_o(word_valid),
      .word_queue_o(word_queue), .word_data_o(word_data), .pops_i(pops), .ev_word_o(fetch_word),
      .class_o(fetch_class), .fault_o(fault_cmd), .fault_addr_o(fault_cmd_addr),
      .idle_o(fetch_idle));
  wire [3:0] queue_valid, queue_ready;
  wire [127:0] queue_data;
  wire [63:0] queue_level;
  weft_queues #(.QueueWords(QueueWords), .Shared(Small)) u_queues (
      .clk_i, .rst_ni(core_rst_n), .in_valid_i(word_valid), .in_queue_i(word_queue),
      .in_data_i(word_data), .pops_o(pops), .empty_o(queues_empty), .level_o(queue_level),
      .out_valid_o(queue_valid), .out_ready_i(queue_ready), .out_data_o(queue_data));

  wire [7:0] sem_avail, fl_take, il_take, st_take, c_take, move_give;
  wire [23:0] c_give;
  wire [23:0] gives;
  generate
    for (e = 0; e < 8; e = e + 1) begin : gen_give
      assign gives[e*3+:3] = c_give[e*3+:3] | {2'd0, move_give[e]};
    end
  endgenerate
  weft_sems #(.SemBits(8), .GiveBits(3)) u_sems (
      .clk_i, .rst_ni(core_rst_n), .give_i(gives), .take_i(fl_take | il_take | st_take | c_take),
      .avail_o(sem_avail), .overflow_o(sem_overflow));

  wire fl_valid, fl_ready, fl_parity, fl_done, fl_token, fl_idle;
  wire il_valid, il_ready, il_parity, il_done, il_token, il_idle;
  wire st_valid, st_ready, st_parity, st_done, st_token, st_idle;
  wire c_valid, c_parity, c_token, c_idle, move_idle;
  wire [6:0] fl_opcode, il_opcode, st_opcode, c_opcode;
  wire [OpBits-1:0] fl_words, il_words, st_words;
  wire [7:0] c_signal, c_signal_feed, c_keep;
  wire pay_valid, pay_ready, pay_last, c_all;
  wire [31:0] pay_data, c_words;
  wire [7:0] fl_signal, il_signal, st_signal, fl_feed, il_feed, st_feed;
  wire [7:0] fl_keep, il_keep, st_keep;
  wire [31:0] front_give;                  // signals of commands done, by engine
  wire [2:0] op_pay_valid, op_pay_ready, op_pay_last, op_pay_all;
  wire [95:0] op_pay_data;
  weft_front #(.Operands(Operands), .LeftBits(LeftBits), .SignalDepth(MaxReads + 1),
               .Waits(32'(weft_pkg::SemWaitsFl)), .Gives(32'(weft_pkg::SemGivesFl))) u_front_fl (
      .clk_i, .rst_ni(core_rst_n), .stop_i(!run), .word_valid_i(queue_valid[Fl]),
      .word_ready_o(queue_ready[Fl]), .word_data_i(queue_data[Fl*32+:32]),
      .sem_avail_i(sem_avail), .sem_take_o(fl_take), .sem_give_o(front_give[Fl*8+:8]),
      .cmd_valid_o(fl_valid), .cmd_ready_i(fl_ready), .cmd_opcode_o(fl_opcode),
      .cmd_parity_o(fl_parity), .cmd_words_o(fl_words), .cmd_signal_o(fl_signal),
      .cmd_signal_feed_o(fl_feed), .cmd_keep_o(fl_keep), .pay_valid_o(op_pay_valid[Fl]),
      .pay_ready_i(op_pay_ready[Fl]), .pay_data_o(op_pay_data[Fl*32+:32]),
      .pay_last_o(op_pay_last[Fl]), .level_i(queue_level[Fl*16+:16]),
      .pay_all_o(op_pay_all[Fl]), .done_i(fl_done), .tick_i(tick),
      .timeout_o(timeout[Fl]), .token_o(fl_token), .idle_o(fl_idle));
  weft_front #(.Operands(Operands), .LeftBits(LeftBits), .SignalDepth(MaxReads + 1),
               .Waits(32'(weft_pkg::SemWaitsIl)), .Gives(32'(weft_pkg::SemGivesIl))) u_front_il (
      .clk_i, .rst_ni(core_rst_n), .stop_i(!run), .word_valid_i(queue_valid[Il]),
      .word_ready_o(queue_ready[Il]), .word_data_i(queue_data[Il*32+:32]),
      .sem_avail_i(sem_avail), .sem_take_o(il_take), .sem_give_o(front_give[Il*8+:8]),
      .cmd_valid_o(il_valid), .cmd_ready_i(il_ready), .cmd_opcode_o(il_opcode),
      .cmd_parity_o(il_parity), .cmd_words_o(il_words), .cmd_signal_o(il_signal),
      .cmd_signal_feed_o(il_feed), .cmd_keep_o(il_keep), .pay_valid_o(op_pay_valid[Il]),
      .pay_ready_i(op_pay_ready[Il]), .pay_data_o(op_pay_data[Il*32+:32]),
      .pay_last_o(op_pay_last[Il]), .level_i(queue_level[Il*16+:16]),
      .pay_all_o(op_pay_all[Il]), .done_i(il_done), .tick_i(tick),
      .timeout_o(timeout[Il]), .token_o(il_token), .idle_o(il_idle));
  weft_front #(.Operands(Operands), .LeftBits(LeftBits), .SignalDepth(MaxWrites + 1),
               .Waits(32'(weft_pkg::SemWaitsSt)), .Gives(32'(weft_pkg::SemGivesSt))) u_front_st (
      .clk_i, .rst_ni(core_rst_n), .stop_i(!run), .word_valid_i(queue_valid[St]),
      .word_ready_o(queue_ready[St]), .word_data_i(queue_data[St*32+:32]),
      .sem_avail_i(sem_avail), .sem_take_o(st_take), .sem_give_o(front_give[St*8+:8]),
      .cmd_valid_o(st_valid), .cmd_ready_i(st_ready), .cmd_opcode_o(st_opcode),
      .cmd_parity_o(st_parity), .cmd_words_o(st_words), .cmd_signal_o(st_signal),
      .cmd_signal_feed_o(st_feed), .cmd_keep_o(st_keep), .pay_valid_o(op_pay_valid[St]),
      .pay_ready_i(op_pay_ready[St]), .pay_data_o(op_pay_data[St*32+:32]),
      .pay_last_o(op_pay_last[St]), .level_i(queue_level[St*16+:16]),
      .pay_all_o(op_pay_all[St]), .done_i(st_done), .tick_i(tick),
      .timeout_o(timeout[St]), .token_o(st_token), .idle_o(st_idle));
  weft_front #(.Operands(0), .LeftBits(LeftBits), .SignalDepth(1), .Waits(32'(weft_pkg::SemWaitsC)),
               .Gives(32'(weft_pkg::SemGivesC))) u_front_c (
      .clk_i, .rst_ni(core_rst_n), .stop_i(!run), .word_valid_i(queue_valid[C]),
      .word_ready_o(queue_ready[C]), .word_data_i(queue_data[C*32+:32]), .sem_avail_i(sem_avail),
      .sem_take_o(c_take), .sem_give_o(front_give[C*8+:8]), .cmd_valid_o(c_valid), .cmd_ready_i(1'b0),
      .cmd_opcode_o(c_opcode), .cmd_parity_o(c_parity), .cmd_words_o(c_words),
      .cmd_signal_o(c_signal), .cmd_signal_feed_o(c_signal_feed), .cmd_keep_o(c_keep), .pay_valid_o(pay_valid),
      .pay_ready_i(pay_ready), .pay_data_o(pay_data), .pay_last_o(pay_last), .level_i(queue_level[C*16+:16]),
      .pay_all_o(c_all), .done_i(1'b0), .tick_i(tick), .timeout_o(timeout[C]), .token_o(c_token), .idle_o(c_idle));

  // ---- sequencer ----
  wire map_we;
  wire [1:0] map_pattern;
  wire [1:0] map_kind, pass_valid, pass_phase, filter_ok;
  wire [8:0] map_index;
  wire [31:0] map_data;
  wire [2*PassBits-1:0] pass;
  wire [2*CfgBits-1:0] cfg;
  wire flt_cmd_valid, flt_cmd_ready, flt_cmd_param, flt_cmd_parity, flt_done;
  wire [63:0] flt_cmd_words;
  wire feed_done, pass_done, pass_done_slot, seq_idle;
  weft_sequencer #(.Rows(Rows), .Cols(Cols), .PassSlots(PassSlots),
                   .CfgSlots(PostSerial != 0 ? 1 : 2)) u_sequencer (
      .clk_i, .rst_ni(core_rst_n), .cmd_valid_i(c_valid), .cmd_opcode_i(c_opcode),
      .cmd_parity_i(c_parity), .cmd_signal_i(c_signal), .cmd_signal_feed_i(c_signal_feed), .cmd_keep_i(c_keep),
      .pay_valid_i(pay_valid), .pay_ready_o(pay_ready), .pay_data_i(pay_data),
      .pay_last_i(pay_last), .map_we_o(map_we), .map_kind_o(map_kind),
      .map_pattern_o(map_pattern), .map_index_o(map_index), .map_data_o(map_data),
      .pass_valid_o(pass_valid), .pass_phase_o(pass_phase), .pass_o(pass),
      .filter_ok_o(filter_ok), .cfg_o(cfg), .flt_valid_o(flt_cmd_valid),
      .flt_ready_i(flt_cmd_ready), .flt_param_o(flt_cmd_param), .flt_words_o(flt_cmd_words),
      .flt_parity_o(flt_cmd_parity), .flt_done_i(flt_done), .feed_done_i(feed_done),
      .pass_done_i(pass_done), .give_o(c_give), .idle_o(seq_idle));

  // ---- GLB ----
  wire [4:0] rd_valid, rd_ready;
  wire [5*18-1:0] rd_addr;
  wire [5*WordBits-1:0] rd_data;
  wire [3:0] wr_valid, wr_ready;
  wire [4*18-1:0] wr_addr;
  wire [4*GlbBytes-1:0] wr_be;
  wire [4*WordBits-1:0] wr_data;
  weft_glb #(.GlbBanks(GlbBanks), .GlbBankBytes(GlbBankBytes), .GlbBytes(GlbBytes),
             .GlbSinglePort(GlbSinglePort), .HoldFlt(Rows * Lanes == GlbBytes && GlbBytes == 4 ? 0 : 1),
             .HoldRes(PostSerial == 0 ? 1 : 0)) u_glb (
      .clk_i, .rst_ni(core_rst_n), .rd_valid_i(rd_valid), .rd_ready_o(rd_ready),
      .rd_addr_i(rd_addr), .rd_data_o(rd_data), .wr_valid_i(wr_valid), .wr_ready_o(wr_ready),
      .wr_addr_i(wr_addr), .wr_be_i(wr_be), .wr_data_i(wr_data), .conflict_o(conflict),
      .range_o(range));

  // ---- memory engines ----
  wire [2:0] fl_class, il_class, st_class;
  wire fl_ev_glb, il_ev_glb, st_ev_glb, fl_ev_par, il_ev_par, st_ev_par, st_ev_rec;
  wire [7:0] fl_ev_bytes, il_ev_bytes, st_ev_bytes;
  wire fl_rq_valid, fl_rq_ready, fl_rs_valid, fl_rs_ready;
  wire il_rq_valid, il_rq_ready, il_rs_valid, il_rs_ready;
  wire [31:0] fl_rq_addr, il_rq_addr, wq_addr;
  wire [7:0] fl_rq_beats, il_rq_beats, wq_beats;
  wire rs_last, wq_valid, wq_ready, wd_valid, wd_ready, wb;
  wire [MemBytes*8-1:0] wd_data;
  wire [MemBytes-1:0] wd_strb;
  wire layer_end, rec_parity;
  wire [7:0] rec_index;
  wire [31:0] rec_layer;
  wire [63:0] rec_data;
  localparam int OutBeats = PlainMemory != 0 ? 1 : 2;
  generate
    if (Small == 0) begin : gen_engines
      weft_load #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                  .MaxReads(MaxReads), .AddrBits(AddrBits)) u_fl (
          .clk_i, .rst_ni(core_rst_n), .cmd_valid_i(fl_valid), .cmd_ready_o(fl_ready),
          .cmd_words_i(fl_words), .cmd_parity_i(fl_parity), .rq_valid_o(fl_rq_valid),
          .rq_ready_i(fl_rq_ready), .rq_addr_o(fl_rq_addr), .rq_beats_o(fl_rq_beats),
          .rs_valid_i(fl_rs_valid), .rs_ready_o(fl_rs_ready), .rs_data_i(rs_data),
          .glb_valid_o(wr_valid[0]), .glb_ready_i(wr_ready[0]), .glb_addr_o(wr_addr[0+:18]),
          .glb_be_o(wr_be[0+:GlbBytes]), .glb_data_o(wr_data[0+:WordBits]), .done_o(fl_done),
          .class_o(fl_class), .ev_glb_o(fl_ev_glb), .ev_bytes_o(fl_ev_bytes), .ev_par_o(fl_ev_par));
      weft_load #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                  .MaxReads(MaxReads), .AddrBits(AddrBits)) u_il (
          .clk_i, .rst_ni(core_rst_n), .cmd_valid_i(il_valid), .cmd_ready_o(il_ready),
          .cmd_words_i(il_words), .cmd_parity_i(il_parity), .rq_valid_o(il_rq_valid),
          .rq_ready_i(il_rq_ready), .rq_addr_o(il_rq_addr), .rq_beats_o(il_rq_beats),
          .rs_valid_i(il_rs_valid), .rs_ready_o(il_rs_ready), .rs_data_i(rs_data),
          .glb_valid_o(wr_valid[1]), .glb_ready_i(wr_ready[1]), .glb_addr_o(wr_addr[18+:18]),
          .glb_be_o(wr_be[GlbBytes+:GlbBytes]), .glb_data_o(wr_data[WordBits+:WordBits]),
          .done_o(il_done), .class_o(il_class), .ev_glb_o(il_ev_glb), .ev_bytes_o(il_ev_bytes),
          .ev_par_o(il_ev_par));
      weft_store #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                   .MaxWrites(MaxWrites), .RecWords(weft_pkg::RecordWords),
                   .OutBeats(OutBeats), .AddrBits(AddrBits)) u_st (
          .clk_i, .rst_ni(core_rst_n), .cmd_valid_i(st_valid), .cmd_ready_o(st_ready),
          .cmd_opcode_i(st_opcode), .cmd_words_i(st_words), .cmd_parity_i(st_parity),
          .wq_valid_o(wq_valid), .wq_ready_i(wq_ready), .wq_addr_o(wq_addr), .wq_beats_o(wq_beats),
          .wd_valid_o(wd_valid), .wd_ready_i(wd_ready), .wd_data_o(wd_data), .wd_strb_o(wd_strb),
          .wb_i(wb), .glb_valid_o(rd_valid[4]), .glb_ready_i(rd_ready[4]),
          .glb_addr_o(rd_addr[4*18+:18]), .glb_data_i(rd_data[4*WordBits+:WordBits]),
          .layer_end_o(layer_end), .rec_parity_o(rec_parity), .rec_index_o(rec_index),
          .rec_data_i(rec_data), .rec_done_o(rec_done), .done_o(st_done), .class_o(st_class),
          .ev_glb_o(st_ev_glb), .ev_bytes_o(st_ev_bytes), .ev_rec_o(st_ev_rec), .ev_par_o(st_ev_par));
      assign rec_layer = st_words[weft_pkg::EndLayerLayerLsb+:32];
      assign move_give = front_give[Fl*8+:8] | front_give[Il*8+:8] | front_give[St*8+:8];
      assign move_idle = 1'b1;
      assign op_pay_ready = '0;
      wire unused = &{1'b0, op_pay_valid, op_pay_last, op_pay_all, op_pay_data, fl_signal, il_signal, st_signal};
    end else begin : gen_mover
      wire [2:0] ev_glb;
      wire [1:0] rq_valid, wr_ok, ev_beat;
      wire [31:0] mq_addr;
      wire [7:0] mq_beats;
      wire [17:0] wr_at;
      wire [GlbBytes-1:0] wr_bytes;
      wire [WordBits-1:0] wr_word;
      wire ev_par;
      weft_mover #(.GlbBytes(GlbBytes), .MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes),
                   .RecWords(weft_pkg::RecordWords), .OutBeats(OutBeats), .AddrBits(AddrBits)) u_mover (
          .clk_i, .rst_ni(core_rst_n), .cmd_valid_i({st_valid, il_valid, fl_valid}),
          .cmd_opcode_i(st_opcode), .cmd_parity_i({st_parity, il_parity, fl_parity}),
          .cmd_signal_i({st_signal, il_signal, fl_signal}), .pay_all_i(op_pay_all),
          .pay_valid_i(op_pay_valid), .pay_ready_o(op_pay_ready), .pay_data_i(op_pay_data), .pay_last_i(op_pay_last),
          .done_o({st_done, il_done, fl_done}), .give_o(move_give), .idle_o(move_idle), .rq_valid_o(rq_valid),
          .rq_ready_i({il_rq_ready, fl_rq_ready}), .mq_addr_o(mq_addr), .mq_beats_o(mq_beats),
          .rs_valid_i({il_rs_valid, fl_rs_valid}), .rs_ready_o({il_rs_ready, fl_rs_ready}),
          .rs_data_i(rs_data), .wq_valid_o(wq_valid), .wq_ready_i(wq_ready),
          .wd_valid_o(wd_valid), .wd_ready_i(wd_ready), .wd_data_o(wd_data), .wd_strb_o(wd_strb),
          .wb_i(wb), .wr_valid_o(wr_ok), .wr_ready_i(wr_ready[1:0]), .wr_addr_o(wr_at),
          .wr_be_o(wr_bytes), .wr_data_o(wr_word), .rd_valid_o(rd_valid[4]),
          .rd_ready_i(rd_ready[4]), .rd_addr_o(rd_addr[4*18+:18]),
          .rd_data_i(rd_data[4*WordBits+:WordBits]), .layer_end_o(layer_end),
          .rec_layer_o(rec_layer), .rec_parity_o(rec_parity), .rec_index_o(rec_index),
          .rec_data_i(rec_data), .rec_done_o(rec_done), .class_o({st_class, il_class, fl_class}),
          .ev_glb_o(ev_glb), .ev_beat_o(ev_beat), .ev_bytes_o(st_ev_bytes), .ev_rec_o(st_ev_rec),
          .ev_par_o(ev_par));
      assign {il_rq_valid, fl_rq_valid} = rq_valid;
      assign {il_rq_addr, fl_rq_addr, wq_addr} = {3{mq_addr}};
      assign {il_rq_beats, fl_rq_beats, wq_beats} = {3{mq_beats}};
      assign wr_valid[1:0] = wr_ok;
      assign wr_addr[0+:36] = {2{wr_at}};
      assign wr_be[0+:2*GlbBytes] = {2{wr_bytes}};
      assign wr_data[0+:2*WordBits] = {2{wr_word}};
      assign {st_ev_glb, il_ev_glb, fl_ev_glb} = ev_glb;
      assign fl_ev_bytes = ev_beat[0] ? 8'(MemBytes) : 8'd0;
      assign il_ev_bytes = ev_beat[1] ? 8'(MemBytes) : 8'd0;
      assign {st_ev_par, il_ev_par, fl_ev_par} = {3{ev_par}};
      assign {st_ready, il_ready, fl_ready} = '0;
      wire unused = &{1'b0, fl_words, il_words, st_words, front_give};
    end
  endgenerate
  weft_mem_port #(.MemBytes(MemBytes), .MaxBurstBytes(MaxBurstBytes), .MaxReads(MaxReads),
                  .MaxWrites(MaxWrites), .PlainMemory(PlainMemory), .AddrBits(AddrBits)) u_mem_port (
      .clk_i, .rst_ni(core_rst_n), .base_i(window_base), .size_i(window_size),
      .watchdog_i(watchdog_memory), .stop_i(!run), .idle_o(mem_idle), .fault_o(fault_mem),
      .fault_code_o(fault_mem_code), .fault_addr_o(fault_mem_addr),
      .rq_valid_i({il_rq_valid, fl_rq_valid, fetch_rq_valid}),
      .rq_ready_o({il_rq_ready, fl_rq_ready, fetch_rq_ready}),
      .rq_addr_i({il_rq_addr, fl_rq_addr, fetch_rq_addr}),
      .rq_beats_i({il_rq_beats, fl_rq_beats, fetch_rq_beats}),
      .rs_valid_o({il_rs_valid, fl_rs_valid, fetch_rs_valid}),
      .rs_ready_i({il_rs_ready, fl_rs_ready, fetch_rs_ready}), .rs_data_o(rs_data),
      .rs_last_o(rs_last), .wq_valid_i(wq_valid), .wq_ready_o(wq_ready), .wq_addr_i(wq_addr),
      .wq_beats_i(wq_beats), .wd_valid_i(wd_valid), .wd_ready_o(wd_ready), .wd_data_i(wd_data),
      .wd_strb_i(wd_strb), .wb_o(wb), .m_arvalid_o(m_axi_arvalid_o),
      .m_arready_i(m_axi_arready_i), .m_araddr_o(m_axi_araddr_o), .m_arlen_o(m_axi_arlen_o),
      .m_arsize_o(m_axi_arsize_o), .m_arburst_o(m_axi_arburst_o), .m_rvalid_i(m_axi_rvalid_i),
      .m_rready_o(m_axi_rready_o), .m_rdata_i(m_axi_rdata_i), .m_rresp_i(m_axi_rresp_i),
      .m_rlast_i(m_axi_rlast_i), .m_awvalid_o(m_axi_awvalid_o), .m_awready_i(m_axi_awready_i),
      .m_awaddr_o(m_axi_awaddr_o), .m_awlen_o(m_axi_awlen_o), .m_awsize_o(m_axi_awsize_o),
      .m_awburst_o(m_axi_awburst_o), .m_wvalid_o(m_axi_wvalid_o), .m_wready_i(m_axi_wready_i),
      .m_wdata_o(m_axi_wdata_o), .m_wstrb_o(m_axi_wstrb_o), .m_wlast_o(m_axi_wlast_o),
      .m_bvalid_i(m_axi_bvalid_i), .m_bready_o(m_axi_bready_o), .m_bresp_i(m_axi_bresp_i),
      .p_valid_o, .p_ready_i, .p_write_o, .p_addr_o, .p_wdata_o, .p_wstrb_o, .p_rvalid_i,
      .p_rready_o, .p_rdata_i, .p_rerr_i);

  // ---- feeder, filter bus, array ----
  wire act_valid, act_ready, act_slot, act_head, act_last, act_eos;
  wire [7:0] act_id;
  wire [5:0] act_x;
  wire [CountW-1:0] act_n, ev_act_bus;
  wire [WinLanes*9-1:0] act_val;
  wire [WinLanes*OffW-1:0] act_off;
  wire [$clog2(GlbBytes):0] ev_act_values;
  wire ev_act_par, ev_glb_act, ev_glb_act_par;
  wire [2:0] feeder_class, filter_class, array_class, collector_class;
  weft_feeder #(.FilterDepth(FilterDepth), .WinLanes(WinLanes), .GlbBytes(GlbBytes),
                .MaxStreams(MaxStreams), .GlbSinglePort(GlbSinglePort), .Patterns(Patterns)) u_feeder (
      .clk_i, .rst_ni(core_rst_n), .pass_valid_i(pass_valid), .pass_phase_i(pass_phase),
      .pass_i(pass), .cfg_i(cfg), .map_we_i(map_we), .map_kind_i(map_kind),
      .map_pattern_i(map_pattern), .map_index_i(map_index), .map_data_i(map_data),
      .glb_valid_o(rd_valid[0]), .glb_ready_i(rd_ready[0]), .glb_addr_o(rd_addr[0+:18]),
      .glb_data_i(rd_data[0+:WordBits]), .act_valid_o(act_valid), .act_ready_i(act_ready),
      .act_id_o(act_id), .act_slot_o(act_slot), .act_head_o(act_head), .act_last_o(act_last),
      .act_eos_o(act_eos), .act_x_o(act_x), .act_n_o(act_n), .act_val_o(act_val),
      .act_off_o(act_off), .feed_done_o(feed_done), .class_o(feeder_class),
      .ev_act_bus_o(ev_act_bus), .ev_act_values_o(ev_act_values), .ev_par_o(ev_act_par),
      .ev_glb_act_o(ev_glb_act), .ev_glb_par_o(ev_glb_act_par));
  wire flt_valid, flt_copy;
  wire [1:0] flt_pattern;
  wire [5:0] flt_set;
  wire [OffW-1:0] flt_addr;
  wire [Rows*Lanes*9-1:0] flt_data;
  wire par_we, ev_flt_bus, ev_glb_flt, ev_flt_par;
  wire [RowW-1:0] par_row;
  wire [LaneW-1:0] par_lane;
  wire [1:0] par_kind;
  wire [70:0] par_data;
  weft_filter_load #(.Rows(Rows), .Lanes(Lanes), .FilterDepth(FilterDepth), .GlbBytes(GlbBytes),
                     .PostLanes(PostLanes), .ParamRows(ParamRows), .ParSplit(PostSerial)) u_filter_load (
      .clk_i, .rst_ni(core_rst_n), .cmd_valid_i(flt_cmd_valid), .cmd_ready_o(flt_cmd_ready),
      .cmd_param_i(flt_cmd_param), .cmd_words_i(flt_cmd_words), .cmd_parity_i(flt_cmd_parity),
      .glb_valid_o(rd_valid[1]), .glb_ready_i(rd_ready[1]), .glb_addr_o(rd_addr[18+:18]),
      .glb_data_i(rd_data[WordBits+:WordBits]), .flt_valid_o(flt_valid), .flt_set_o(flt_set),
      .flt_copy_o(flt_copy), .flt_pattern_o(flt_pattern), .flt_addr_o(flt_addr),
      .flt_data_o(flt_data), .par_we_o(par_we), .par_row_o(par_row), .par_lane_o(par_lane), .par_kind_o(par_kind),
      .par_data_o(par_data), .done_o(flt_done), .class_o(filter_class),
      .ev_flt_bus_o(ev_flt_bus), .ev_glb_flt_o(ev_glb_flt), .ev_par_o(ev_flt_par));
  wire [UnitW-1:0] unit;
  wire row_valid, row_pop;
  wire [PostLanes*32-1:0] row_data;
  wire [31:0] ev_mac, ev_gated, ev_fw, ev_ifw, ev_psum_rd, ev_psum_wr, ev_chain;
  weft_array #(
      .Rows(Rows), .Cols(Cols), .Lanes(Lanes), .Segs(Segs), .FilterDepth(FilterDepth),
      .WinRows(WinRows), .WinLanes(WinLanes), .ColSlots(ColSlots), .PsumRows(PsumRows),
      .PsumBanks(PsumBanks), .StepSlots(StepSlots), .PostLanes(PostLanes),
      .OutRows(OutRows), .PassSlots(PassSlots), .MacGate(Small == 0 ? 1 : 0), .Patterns(Patterns)) u_array (
      .clk_i, .rst_ni(core_rst_n), .pass_valid_i(pass_valid), .pass_phase_i(pass_phase),
      .filter_ok_i(filter_ok), .pass_i(pass), .map_we_i(map_we), .map_kind_i(map_kind),
      .map_pattern_i(map_pattern), .map_index_i(map_index), .map_data_i(map_data),
      .act_valid_i(act_valid), .act_ready_o(act_ready), .act_id_i(act_id), .act_slot_i(act_slot),
      .act_head_i(act_head), .act_last_i(act_last), .act_eos_i(act_eos), .act_x_i(act_x),
      .act_n_i(act_n), .act_val_i(act_val), .act_off_i(act_off), .flt_valid_i(flt_valid),
      .flt_pattern_i(flt_pattern), .flt_parity_i(ev_flt_par), .flt_set_i(flt_set),
      .flt_copy_i(flt_copy), .flt_addr_i(flt_addr), .flt_data_i(flt_data), .unit_i(unit),
      .row_valid_o(row_valid), .row_data_o(row_data), .row_pop_i(row_pop), .ev_mac_o(ev_mac),
      .ev_gated_o(ev_gated), .ev_fw_o(ev_fw), .ev_ifw_o(ev_ifw), .ev_psum_rd_o(ev_psum_rd),
      .ev_psum_wr_o(ev_psum_wr), .ev_chain_o(ev_chain), .class_o(array_class));

  // ---- collector, post-processing ----
  wire post_valid, post_ready, post_res_en, post_cfg, post_parity, post_end, post_done, post_busy;
  wire [PostLanes*32-1:0] post_data;
  wire [PostCountW-1:0] post_count, ev_post, ev_add;
  wire [LaneW-1:0] post_lane;
  wire [RowW-1:0] post_row;
  wire [17:0] post_addr, post_res_addr;
  wire ev_glb_psr, ev_glb_psw, ev_col_par, ev_glb_res, ev_glb_out, ev_post_par;
  weft_collector #(.PostLanes(PostLanes), .GlbBytes(GlbBytes), .MaxUnits(MaxUnits),
                   .ParamRows(ParamRows), .Patterns(Patterns)) u_collector (
      .clk_i, .rst_ni(core_rst_n), .pass_valid_i(pass_valid), .pass_phase_i(pass_phase),
      .pass_i(pass), .map_we_i(map_we), .map_kind_i(map_kind), .map_pattern_i(map_pattern),
      .map_index_i(map_index), .map_data_i(map_data), .pass_done_o(pass_done),
      .pass_done_slot_o(pass_done_slot), .unit_o(unit), .row_valid_i(row_valid),
      .row_data_i(row_data), .row_pop_o(row_pop), .psr_valid_o(rd_valid[2]),
      .psr_ready_i(rd_ready[2]), .psr_addr_o(rd_addr[2*18+:18]),
      .psr_data_i(rd_data[2*WordBits+:WordBits]), .psw_valid_o(wr_valid[2]),
      .psw_ready_i(wr_ready[2]), .psw_addr_o(wr_addr[2*18+:18]),
      .psw_be_o(wr_be[2*GlbBytes+:GlbBytes]), .psw_data_o(wr_data[2*WordBits+:WordBits]),
      .post_valid_o(post_valid), .post_ready_i(post_ready), .post_data_o(post_data),
      .post_count_o(post_count), .post_lane_o(post_lane), .post_row_o(post_row),
      .post_addr_o(post_addr), .post_res_en_o(post_res_en), .post_res_addr_o(post_res_addr),
      .post_cfg_o(post_cfg), .post_parity_o(post_parity), .post_end_o(post_end),
      .post_done_i(post_done), .class_o(collector_class), .ev_glb_psr_o(ev_glb_psr),
      .ev_glb_psw_o(ev_glb_psw), .ev_par_o(ev_col_par));
  weft_post #(.PostLanes(PostLanes), .PostSerial(PostSerial), .GlbBytes(GlbBytes),
              .ParamRows(ParamRows)) u_post (
      .clk_i, .rst_ni(core_rst_n), .cfg_i(cfg), .par_we_i(par_we), .par_row_i(par_row),
      .par_lane_i(par_lane), .par_kind_i(par_kind), .par_data_i(par_data),
      .cfg_we_i(map_we && map_kind == 2'd3), .cfg_index_i(map_index[2:0]), .cfg_data_i(map_data),
      .post_valid_i(post_valid),
      .post_ready_o(post_ready), .post_data_i(post_data), .post_count_i(post_count),
      .post_lane_i(post_lane), .post_row_i(post_row), .post_addr_i(post_addr),
      .post_res_en_i(post_res_en), .post_res_addr_i(post_res_addr), .post_cfg_i(post_cfg),
      .post_parity_i(post_parity), .post_end_i(post_end), .post_done_o(post_done),
      .busy_o(post_busy), .res_valid_o(rd_valid[3]), .res_ready_i(rd_ready[3]),
      .res_addr_o(rd_addr[3*18+:18]), .res_data_i(rd_data[3*WordBits+:WordBits]),
      .out_valid_o(wr_valid[3]), .out_ready_i(wr_ready[3]), .out_addr_o(wr_addr[3*18+:18]),
      .out_be_o(wr_be[3*GlbBytes+:GlbBytes]), .out_data_o(wr_data[3*WordBits+:WordBits]),
      .ev_post_o(ev_post), .ev_add_o(ev_add), .ev_glb_res_o(ev_glb_res),
      .ev_glb_out_o(ev_glb_out), .ev_par_o(ev_post_par));

  // ---- counters ----
  // Events outside of the array: 8 bits and a parity each.
  localparam int FirstBus = weft_pkg::EvChain + 1;
  localparam int Buses = weft_pkg::EventCount - FirstBus;
  wire [Buses*8-1:0] ev_bus;
  wire [Buses-1:0] ev_bus_par;
  assign ev_bus[(weft_pkg::EvActBus-FirstBus)*8+:8] = 8'(ev_act_bus);
  assign ev_bus_par[weft_pkg::EvActBus-FirstBus] = ev_act_par;
  assign ev_bus[(weft_pkg::EvFltBus-FirstBus)*8+:8] = 8'(ev_flt_bus);
  assign ev_bus_par[weft_pkg::EvFltBus-FirstBus] = ev_flt_par;
  assign ev_bus[(weft_pkg::EvActValues-FirstBus)*8+:8] = 8'(ev_act_values);
  assign ev_bus_par[weft_pkg::EvActValues-FirstBus] = ev_act_par;
  assign ev_bus[(weft_pkg::EvGlbAct-FirstBus)*8+:8] = 8'(ev_glb_act);
  assign ev_bus_par[weft_pkg::EvGlbAct-FirstBus] = ev_glb_act_par;
  assign ev_bus[(weft_pkg::EvGlbFlt-FirstBus)*8+:8] = 8'(ev_glb_flt);
  assign ev_bus_par[weft_pkg::EvGlbFlt-FirstBus] = ev_flt_par;
  assign ev_bus[(weft_pkg::EvGlbPsr-FirstBus)*8+:8] = 8'(ev_glb_psr);
  assign ev_bus_par[weft_pkg::EvGlbPsr-FirstBus] = ev_col_par;
  assign ev_bus[(weft_pkg::EvGlbRes-FirstBus)*8+:8] = 8'(ev_glb_res);
  assign ev_bus_par[weft_pkg::EvGlbRes-FirstBus] = ev_post_par;
  assign ev_bus[(weft_pkg::EvGlbStr-FirstBus)*8+:8] = 8'(st_ev_glb);
  assign ev_bus_par[weft_pkg::EvGlbStr-FirstBus] = st_ev_par;
  assign ev_bus[(weft_pkg::EvGlbLf-FirstBus)*8+:8] = 8'(fl_ev_glb);
  assign ev_bus_par[weft_pkg::EvGlbLf-FirstBus] = fl_ev_par;
  assign ev_bus[(weft_pkg::EvGlbLi-FirstBus)*8+:8] = 8'(il_ev_glb);
  assign ev_bus_par[weft_pkg::EvGlbLi-FirstBus] = il_ev_par;
  assign ev_bus[(weft_pkg::EvGlbPsw-FirstBus)*8+:8] = 8'(ev_glb_psw);
  assign ev_bus_par[weft_pkg::EvGlbPsw-FirstBus] = ev_col_par;
  assign ev_bus[(weft_pkg::EvGlbOut-FirstBus)*8+:8] = 8'(ev_glb_out);
  assign ev_bus_par[weft_pkg::EvGlbOut-FirstBus] = ev_post_par;
  assign ev_bus[(weft_pkg::EvPost-FirstBus)*8+:8] = 8'(ev_post);
  assign ev_bus_par[weft_pkg::EvPost-FirstBus] = ev_post_par;
  assign ev_bus[(weft_pkg::EvPostAdd-FirstBus)*8+:8] = 8'(ev_add);
  assign ev_bus_par[weft_pkg::EvPostAdd-FirstBus] = ev_post_par;
  // Counted by time window.
  assign ev_bus[(weft_pkg::EvDramRdCmd-FirstBus)*8+:8] = 8'd0;
  assign ev_bus_par[weft_pkg::EvDramRdCmd-FirstBus] = 1'b0;
  assign ev_bus[(weft_pkg::EvDramRdFl-FirstBus)*8+:8] = fl_ev_bytes;
  assign ev_bus_par[weft_pkg::EvDramRdFl-FirstBus] = fl_ev_par;
  assign ev_bus[(weft_pkg::EvDramRdIl-FirstBus)*8+:8] = il_ev_bytes;
  assign ev_bus_par[weft_pkg::EvDramRdIl-FirstBus] = il_ev_par;
  assign ev_bus[(weft_pkg::EvDramWrSt-FirstBus)*8+:8] = st_ev_rec ? 8'd0 : st_ev_bytes;
  assign ev_bus_par[weft_pkg::EvDramWrSt-FirstBus] = st_ev_par;
  // A record's bytes belong to the layer after: its own bank is being read.
  assign ev_bus[(weft_pkg::EvDramWrRec-FirstBus)*8+:8] = st_ev_rec ? st_ev_bytes : 8'd0;
  assign ev_bus_par[weft_pkg::EvDramWrRec-FirstBus] = !st_ev_par;
  // An engine that has nothing to do because its front end waits for a token is in class token.
  wire [2:0] idle_c = c_token ? weft_pkg::ClassToken : weft_pkg::ClassIdle;
  wire [23:0] classes = {
      collector_class == weft_pkg::ClassIdle ? idle_c : collector_class,
      array_class == weft_pkg::ClassIdle ? idle_c : array_class,
      filter_class == weft_pkg::ClassIdle ? idle_c : filter_class,
      feeder_class == weft_pkg::ClassIdle ? idle_c : feeder_class,
      st_class == weft_pkg::ClassIdle && st_token ? weft_pkg::ClassToken : st_class,
      il_class == weft_pkg::ClassIdle && il_token ? weft_pkg::ClassToken : il_class,
      fl_class == weft_pkg::ClassIdle && fl_token ? weft_pkg::ClassToken : fl_class,
      fetch_class};
  weft_counters #(.CounterBits(CounterBits), .CounterSmall(CounterSmall), .Pes(Rows * Cols),
                  .PeEvents(CounterSmall != 0 ? Lanes : WinLanes > Lanes + 1 ? WinLanes : Lanes + 1),
                  .MemBytes(MemBytes)) u_counters (
      .clk_i, .rst_ni(core_rst_n), .run_i(run), .cycle_i(cycle), .array_i({ev_chain, ev_psum_wr, ev_psum_rd, ev_ifw, ev_fw, ev_gated, ev_mac}),
      .bus_i(ev_bus), .bus_parity_i(ev_bus_par), .fetch_word_i(fetch_word), .class_i(classes), .layer_end_i(layer_end),
      .rec_layer_i(rec_layer), .rec_parity_i(rec_parity),
      .rec_done_i(rec_done), .rec_index_i(rec_index), .rec_data_o(rec_data));

  assign idle = fetch_idle && queues_empty && fl_idle && il_idle && st_idle && c_idle &&
                move_idle && seq_idle && mem_idle;

  // ---- for the event log of simulations ----
  // With the mover a command is an engine's when it has all operands.
  weft_trace #(.MemBytes(MemBytes)) u_trace (
      .run_i(run), .fault_i(fault_mem || fault_cmd || conflict || range || sem_overflow || |timeout),
      .cmd_i({c_valid, Small != 0 ? op_pay_valid & op_pay_ready & op_pay_last :
                                    {st_valid, il_valid, fl_valid}}),
      .opcode_i({c_opcode, st_opcode, il_opcode, fl_opcode}), .done_i({st_done, il_done, fl_done}),
      .c_last_i(pay_valid && pay_ready && pay_last), .filter_done_i(flt_done),
      .feed_done_i(feed_done), .pass_done_i(pass_done), .row_i(row_pop), .layer_end_i(layer_end),
      .glb_read_i(rd_valid & rd_ready), .glb_write_i(wr_valid & wr_ready),
      .grant_i({wq_valid && wq_ready, il_rq_valid && il_rq_ready, fl_rq_valid && fl_rq_ready,
                fetch_rq_valid && fetch_rq_ready}),
      .addr_i({wq_addr, il_rq_addr, fl_rq_addr, fetch_rq_addr}),
      .beats_i({wq_beats, il_rq_beats, fl_rq_beats, fetch_rq_beats}),
      .beat_i({il_rs_valid && il_rs_ready, fl_rs_valid && fl_rs_ready,
               fetch_rs_valid && fetch_rs_ready}),
      .beat_last_i(rs_last), .beat_data_i(rs_data), .out_i(wd_valid && wd_ready),
      .out_data_i(wd_data), .out_strb_i(wd_strb), .answer_i(wb));
  wire unused = &{1'b0, c_all, fl_feed, il_feed, st_feed, fl_keep, il_keep, st_keep, front_give, c_words,
                  pass_done_slot, post_busy};
endmodule
`default_nettype wire
