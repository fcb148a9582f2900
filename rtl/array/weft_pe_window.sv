// SPDX-License-Identifier: Apache-2.0
// Window spad of a PE: a ring of rows of WinLanes nonzeros and a ring of columns, each with the
// row that it ends before. A beat with nonzeros takes a row; a token's last beat stores a column.
// act_ready_o comes from registers; a row read in cycle c (row_re_i) is on row_data_o in c+1 and
// held. Left padding is a count of columns of the window that no token stands for. Reset clears
// the rings. Part of weft_pe; twin: model/pe.h.
`default_nettype none
module weft_pe_window #(
    parameter int FilterDepth = 256,  // words, power of two
    parameter int WinRows = 16,       // rows, power of two >= 4
    parameter int WinLanes = 8,       // entries a row
    parameter int ColSlots = 16,      // columns, power of two >= 4
    parameter int PassSlots = 2       // passes in flight, 1 or 2
) (
    input  wire                                          clk_i,
    input  wire                                          rst_ni,
    // Ifmap bus
    input  wire                                          act_take_i,   // a beat fires and is for this PE
    output wire                                          act_ready_o,  // room for a token of act_rpt_i rows
    input  wire                                          act_slot_i,
    input  wire                                          act_last_i,
    input  wire                                          act_eos_i,
    input  wire [3:0]                                    act_x_i,
    input  wire [4:0]                                    act_rpt_i,
    input  wire [$clog2(WinLanes+1)-1:0]                 act_n_i,
    input  wire [WinLanes*(9+$clog2(FilterDepth))-1:0]   act_row_i,    // {offset, value} each
    // Step control
    input  wire                                          slot_i,       // pass slot of the step
    input  wire [3:0]                                    taps_i,
    input  wire [3:0]                                    stride_i,
    input  wire                                          last_step_i,
    input  wire                                          issuing_i,
    input  wire                                          finish_i,     // frees the columns left of the next step
    output wire                                          have_o,       // all tokens of the step are stored
    output wire [$clog2(WinRows):0]                      lo_o,         // first row of the window
    output wire [$clog2(WinRows):0]                      hi_o,         // row behind the window, if !issuing_i
    // Row read
    input  wire                                          row_re_i,
    input  wire [$clog2(WinRows)-1:0]                    row_i,
    output wire [$clog2(WinLanes+1)-1:0]                 row_n_o,      // entries of row_i, this cycle
    output wire [WinLanes*(9+$clog2(FilterDepth))-1:0]   row_data_o
);
  localparam int OffW = $clog2(FilterDepth);
  localparam int RowW = $clog2(WinRows);
  localparam int ColW = $clog2(ColSlots);
  localparam int CntW = $clog2(WinLanes + 1);

  // Ring pointers carry a wrap bit.
  reg [RowW:0] wrow_q, lo_q;
  reg [ColW:0] wcol_q, clo_q;
  reg [RowW:0] col_end_q[ColSlots];
  // A pass slot's columns end before end_q; its next window begins with pad_q padding columns.
  // With one pass in flight all columns are its own, and element 0 is used.
  reg [1:0] seen_q, eos_q;
  reg [ColW:0] end0_q, end1_q;
  reg [3:0] pad0_q, pad1_q;

  wire [RowW:0] rows_used = wrow_q - lo_q;
  wire [ColW:0] cols_used = wcol_q - clo_q;
  assign act_ready_o = (RowW+5)'(rows_used) + (RowW+5)'(act_rpt_i) <= (RowW+5)'(WinRows) &&
                       !cols_used[ColW];

  // Step side
  wire slot = PassSlots > 1 && slot_i;
  wire act_slot = PassSlots > 1 && act_slot_i;
  wire [ColW:0] held = PassSlots == 1 ? cols_used :
                       seen_q[slot] ? (slot ? end1_q : end0_q) - clo_q : '0;
  wire [3:0] pad = slot ? pad1_q : pad0_q;
  wire [3:0] need = (taps_i > pad) ? taps_i - pad : 4'd0;
  wire [3:0] pass_by = (stride_i > pad) ? stride_i - pad : 4'd0;
  wire enough = 5'(held) >= 5'(need);
  assign have_o = eos_q[slot] || (seen_q[slot] && enough);
  wire [ColW:0] in_window = enough ? (ColW+1)'(need) : held;
  wire [ColW:0] freed =
      (!last_step_i && 5'(held) >= 5'(pass_by)) ? (ColW+1)'(pass_by) : held;
  wire [ColW:0] cols = issuing_i ? freed : in_window;
  wire [ColW-1:0] col = clo_q[ColW-1:0] + cols[ColW-1:0] - 1'b1;
  assign lo_o = lo_q;
  assign hi_o = (cols == '0) ? lo_q : col_end_q[col];

  wire row_we = act_take_i && act_n_i != '0;
  wire [RowW:0] wrow_d = row_we ? wrow_q + 1'b1 : wrow_q;
  wire [ColW:0] wcol_d = wcol_q + 1'b1;
  always_ff @(posedge clk_i) begin
    if (act_take_i) begin
      wrow_q <= wrow_d;
      if (act_last_i) begin
        col_end_q[wcol_q[ColW-1:0]] <= wrow_d;
        wcol_q <= wcol_d;
        if (act_slot) end1_q <= wcol_d;
        else end0_q <= wcol_d;
      end
      if (!seen_q[act_slot]) begin
        if (act_slot) pad1_q <= act_x_i;
        else pad0_q <= act_x_i;
      end
    end
    if (finish_i) begin
      clo_q <= clo_q + freed;
      // An empty window has no rows to free, and hi_o is lo_q.
      lo_q <= hi_o;
      if (slot) pad1_q <= (pad > stride_i) ? pad - stride_i : 4'd0;
      else pad0_q <= (pad > stride_i) ? pad - stride_i : 4'd0;
    end
    if (act_take_i && act_last_i) begin
      seen_q[act_slot] <= 1'b1;
      eos_q[act_slot] <= act_eos_i;
    end
    if (finish_i && last_step_i) begin
      seen_q[slot] <= 1'b0;
      eos_q[slot] <= 1'b0;
    end
    if (!rst_ni) begin
      wrow_q <= '0;
      lo_q <= '0;
      wcol_q <= '0;
      clo_q <= '0;
      seen_q <= '0;
      eos_q <= '0;
    end
  end

  wire unused = &{1'b0, slot_i, act_slot_i};

  // Entries used of every row; with one entry a row there is nothing to keep.
  generate
    if (WinLanes == 1) begin : gen_one
      assign row_n_o = 1'b1;
    end else begin : gen_counts
      reg [CntW-1:0] count_q[WinRows];
      always_ff @(posedge clk_i) if (row_we) count_q[wrow_q[RowW-1:0]] <= act_n_i;
      assign row_n_o = count_q[row_i];
    end
  endgenerate

  weft_ram_1r1w #(
      .Width(WinLanes * (9 + OffW)),
      .Depth(WinRows)
  ) u_rows (
      .clk_i,
      .we_i(row_we),
      .waddr_i(wrow_q[RowW-1:0]),
      .wdata_i(act_row_i),
      .re_i(row_re_i),
      .raddr_i(row_i),
      .rdata_o(row_data_o)
  );
endmodule
`default_nettype wire
