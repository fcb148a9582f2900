// SPDX-License-Identifier: Apache-2.0
// Global buffer. Read clients act, flt, psr, res, str; write clients lf, li, psw, out; byte
// addresses, of which the bits below a word are ignored. Read data are valid in the cycle after
// fire and held until the client's next fire (banked: or until another client reads the bank).
// Banked: one read and one write a cycle in every bank of GlbBankBytes, ready is always 1.
// Single-ported: see weft_glb_single. A write's bytes can be read from the cycle after on.
// conflict_o, range_o: pulses in the cycle after two clients of a kind met in a bank, or an address
// was beyond the end (such a write is dropped). Reset clears control state. Twin: model/glb.h.
`default_nettype none
module weft_glb #(
    parameter int GlbBanks      = 27,
    parameter int GlbBankBytes  = 4096,  // a power of two, 2 * GlbBytes..131072
    parameter int GlbBytes      = 16,    // bytes of a word, a power of two from 4
    parameter int GlbSinglePort = 0,
    parameter int HoldFlt       = 1,     // GlbSinglePort: see weft_glb_single
    parameter int HoldRes       = 1
) (
    input  wire                      clk_i,
    input  wire                      rst_ni,
    input  wire  [4:0]               rd_valid_i,
    output wire  [4:0]               rd_ready_o,
    input  wire  [5*18-1:0]          rd_addr_i,
    output wire  [5*GlbBytes*8-1:0]  rd_data_o,
    input  wire  [3:0]               wr_valid_i,
    output wire  [3:0]               wr_ready_o,
    input  wire  [4*18-1:0]          wr_addr_i,
    input  wire  [4*GlbBytes-1:0]    wr_be_i,
    input  wire  [4*GlbBytes*8-1:0]  wr_data_i,
    output wire                      conflict_o,
    output wire                      range_o
);
  if ((GlbBankBytes & (GlbBankBytes - 1)) != 0 || (GlbBytes & (GlbBytes - 1)) != 0 ||
      GlbBytes < 4 || GlbBankBytes < 2 * GlbBytes || GlbBankBytes > 131072) begin : gen_bad_bank
    ERROR_GlbBankBytes_and_GlbBytes_must_be_powers_of_two_in_range u_error ();
  end
  if (GlbBanks < 1 || GlbBanks * GlbBankBytes > 262144) begin : gen_bad_size
    ERROR_GlbBanks_times_GlbBankBytes_must_not_exceed_262144 u_error ();
  end
  if (GlbSinglePort != 0 && GlbBanks != 1) begin : gen_bad_single
    ERROR_GlbSinglePort_needs_one_bank u_error ();
  end

  if (GlbSinglePort != 0) begin : gen_single
    weft_glb_single #(
        .GlbBankBytes(GlbBankBytes),
        .GlbBytes    (GlbBytes),
        .HoldFlt     (HoldFlt),
        .HoldRes     (HoldRes)
    ) u_single (
        .clk_i     (clk_i),
        .rst_ni    (rst_ni),
        .rd_valid_i(rd_valid_i),
        .rd_ready_o(rd_ready_o),
        .rd_addr_i (rd_addr_i),
        .rd_data_o (rd_data_o),
        .wr_valid_i(wr_valid_i),
        .wr_ready_o(wr_ready_o),
        .wr_addr_i (wr_addr_i),
        .wr_be_i   (wr_be_i),
        .wr_data_i (wr_data_i),
        .range_o   (range_o)
    );
    assign conflict_o = 1'b0;
  end else begin : gen_banked
    localparam int ByteW = $clog2(GlbBytes);
    localparam int BankLsb = $clog2(GlbBankBytes);
    localparam int NumberW = 18 - BankLsb;  // bits of a bank's number, also beyond the end
    localparam int BankW = (GlbBanks > 1) ? $clog2(GlbBanks) : 1;
    localparam int WordW = GlbBytes * 8;
    localparam int LineW = BankLsb - ByteW;
    wire [(1<<BankW)*WordW-1:0] line;  // last word read, by bank
    logic [5*BankW-1:0] bank_q;        // by read client
    logic [8:0] outside;
    logic clash, conflict_q, range_q;
    integer a, b;
    assign rd_ready_o = '1;
    assign wr_ready_o = '1;
    assign conflict_o = conflict_q;
    assign range_o = range_q;
    always_comb begin
      clash = 1'b0;
      outside = '0;
      for (a = 0; a < 5; a = a + 1) begin
        outside[a] = rd_valid_i[a] && 32'(rd_addr_i[a*18+BankLsb+:NumberW]) >= GlbBanks;
        for (b = 0; b < a; b = b + 1)
          if (rd_valid_i[a] && rd_valid_i[b] &&
              rd_addr_i[a*18+BankLsb+:NumberW] == rd_addr_i[b*18+BankLsb+:NumberW])
            clash = 1'b1;
      end
      for (a = 0; a < 4; a = a + 1) begin
        outside[5+a] = wr_valid_i[a] && 32'(wr_addr_i[a*18+BankLsb+:NumberW]) >= GlbBanks;
        for (b = 0; b < a; b = b + 1)
          if (wr_valid_i[a] && wr_valid_i[b] &&
              wr_addr_i[a*18+BankLsb+:NumberW] == wr_addr_i[b*18+BankLsb+:NumberW])
            clash = 1'b1;
      end
    end
    integer c;
    always_ff @(posedge clk_i) begin
      for (c = 0; c < 5; c = c + 1)
        if (rd_valid_i[c]) bank_q[c*BankW+:BankW] <= BankW'(rd_addr_i[c*18+BankLsb+:NumberW]);
      conflict_q <= rst_ni && clash;
      range_q <= rst_ni && outside != '0;
    end
    for (genvar r = 0; r < 5; r = r + 1) begin : gen_read
      assign rd_data_o[r*WordW+:WordW] =
          line[{bank_q[r*BankW+:BankW], {$clog2(WordW){1'b0}}}+:WordW];
    end
    for (genvar n = 0; n < (1 << BankW); n = n + 1) begin : gen_bank
      if (n < GlbBanks) begin : gen_ram
        // Of clients that meet, the last one wins.
        logic re, we;
        logic [1:0] writer;
        logic [LineW-1:0] raddr, waddr;
        integer k;
        always_comb begin
          re = 1'b0;
          we = 1'b0;
          writer = '0;
          raddr = rd_addr_i[ByteW+:LineW];
          waddr = wr_addr_i[ByteW+:LineW];
          for (k = 0; k < 5; k = k + 1)
            if (rd_valid_i[k] && rd_addr_i[k*18+BankLsb+:NumberW] == NumberW'(n)) begin
              re = 1'b1;
              raddr = rd_addr_i[k*18+ByteW+:LineW];
            end
          for (k = 0; k < 4; k = k + 1)
            if (wr_valid_i[k] && wr_addr_i[k*18+BankLsb+:NumberW] == NumberW'(n)) begin
              we = 1'b1;
              writer = 2'(k);
              waddr = wr_addr_i[k*18+ByteW+:LineW];
            end
        end
        weft_ram_1r1w_be #(
            .Bytes(GlbBytes),
            .Depth(GlbBankBytes / GlbBytes)
        ) u_ram (
            .clk_i  (clk_i),
            .we_i   (we),
            .wbe_i  (wr_be_i[{writer, {ByteW{1'b0}}}+:GlbBytes]),
            .waddr_i(waddr),
            .wdata_i(wr_data_i[{writer, {$clog2(WordW){1'b0}}}+:WordW]),
            .re_i   (re),
            .raddr_i(raddr),
            .rdata_o(line[n*WordW+:WordW])
        );
      end else begin : gen_none
        assign line[n*WordW+:WordW] = '0;
      end
    end
    wire unused = &{1'b0, rd_addr_i, wr_addr_i};
  end
endmodule
`default_nettype wire
