# SPDX-License-Identifier: Apache-2.0
weft_lockstep(queues TOP weft_queues
              VARIANT Vqueues_long QueueWords=128
              VARIANT Vqueues_short QueueWords=16
              VARIANT Vqueues_shared QueueWords=32 Shared=1)
weft_lockstep(fetch TOP weft_fetch
              VARIANT Vfetch_weft168 QueueWords=512
              VARIANT Vfetch_odd Rows=5 Cols=7 MaxStreams=35 MaxUnits=14 MaxBurstBytes=32 QueueWords=64
              VARIANT Vfetch_nano Rows=2 Cols=1 MaxStreams=2 MaxUnits=1 MemBytes=4 MaxBurstBytes=32 QueueWords=32 AddrBits=24 KeepMoves=0
              VARIANT Vfetch_tiny Rows=1 Cols=1 MaxStreams=1 MaxUnits=1 MaxBurstBytes=16 QueueWords=16)
weft_lockstep(front TOP weft_front
              VARIANT Vfront_fl Operands=8 SignalDepth=9 Waits=130 Gives=1
              VARIANT Vfront_st Operands=8 SignalDepth=3 Waits=16 Gives=224
              VARIANT Vfront_single Operands=8 SignalDepth=1 Waits=72 Gives=4
              VARIANT Vfront_c Operands=0 SignalDepth=1 Waits=37 Gives=26)
weft_lockstep(sems TOP weft_sems
              VARIANT Vsems_wide SemBits=8 GiveBits=3
              VARIANT Vsems_narrow SemBits=3 GiveBits=1)
weft_lockstep(sequencer TOP weft_sequencer
              VARIANT Vsequencer_weft168
              VARIANT Vsequencer_odd Rows=5 Cols=7
              VARIANT Vsequencer_nano Rows=2 Cols=1 PassSlots=1 CfgSlots=1
              VARIANT Vsequencer_serial Rows=6 Cols=2 CfgSlots=1
              VARIANT Vsequencer_single Rows=4 Cols=2 PassSlots=1)
weft_lockstep(csr TOP weft_csr
              VARIANT Vcsr_weft168
              VARIANT Vcsr_ecp5 Rows=8 Cols=4 Lanes=2 Segs=2 CounterBits=40
              VARIANT Vcsr_nano Rows=2 Cols=1 Lanes=2 Segs=1 GlbSize=65536 MemBytes=4 PlainMemory=1
                      CounterSmall=1 CounterBits=32 AddrBits=24 ConfigHash=32'hfedcba98)
weft_lockstep(counters TOP weft_counters
              VARIANT Vcounters_full
              VARIANT Vcounters_narrow CounterBits=16 Pes=35 PeEvents=3
              VARIANT Vcounters_small CounterBits=32 CounterSmall=1 Pes=2 PeEvents=2 MemBytes=4
              VARIANT Vcounters_smallest CounterBits=16 CounterSmall=1 Pes=1 PeEvents=1 MemBytes=8)
