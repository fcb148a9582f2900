# SPDX-License-Identifier: Apache-2.0
weft_lockstep(feeder TOP weft_feeder
              VARIANT Vfeeder_weft168 FilterDepth=256 WinLanes=8 GlbBytes=16 MaxStreams=168
              VARIANT Vfeeder_ecp5 FilterDepth=256 WinLanes=2 GlbBytes=16 MaxStreams=32 Patterns=2
              VARIANT Vfeeder_odd FilterDepth=64 WinLanes=3 GlbBytes=8 MaxStreams=35 Patterns=2
              VARIANT Vfeeder_nano FilterDepth=128 WinLanes=1 GlbBytes=4 MaxStreams=2 GlbSinglePort=1 Patterns=2
              VARIANT Vfeeder_widest FilterDepth=16 WinLanes=5 GlbBytes=32 MaxStreams=1
              VARIANT Vfeeder_narrow FilterDepth=16 WinLanes=8 GlbBytes=4 MaxStreams=255
              VARIANT Vfeeder_serial8 FilterDepth=64 WinLanes=3 GlbBytes=8 MaxStreams=5 GlbSinglePort=1)
weft_lockstep(filter_load TOP weft_filter_load
              VARIANT Vfilter_load_weft168 Rows=12 Lanes=1 FilterDepth=256 GlbBytes=16 PostLanes=8 ParamRows=64
              VARIANT Vfilter_load_ecp5 Rows=8 Lanes=2 FilterDepth=256 GlbBytes=16 PostLanes=4 ParamRows=64
              VARIANT Vfilter_load_odd Rows=5 Lanes=1 FilterDepth=64 GlbBytes=8 PostLanes=4 ParamRows=16
              VARIANT Vfilter_load_nano Rows=2 Lanes=2 FilterDepth=128 GlbBytes=4 PostLanes=1 ParamRows=32 ParSplit=1
              VARIANT Vfilter_load_smallest Rows=1 Lanes=1 FilterDepth=16 GlbBytes=4 PostLanes=1 ParamRows=4
              VARIANT Vfilter_load_widest Rows=11 Lanes=2 FilterDepth=16 GlbBytes=32 PostLanes=16 ParamRows=128)
weft_lockstep(glb TOP weft_glb
              VARIANT Vglb_weft168 GlbBanks=27 GlbBankBytes=4096 GlbBytes=16
              VARIANT Vglb_odd GlbBanks=16 GlbBankBytes=1024 GlbBytes=8
              VARIANT Vglb_few GlbBanks=3 GlbBankBytes=256 GlbBytes=32
              VARIANT Vglb_one GlbBanks=1 GlbBankBytes=131072 GlbBytes=4
              VARIANT Vglb_nano GlbBanks=1 GlbBankBytes=65536 GlbBytes=4 GlbSinglePort=1 HoldFlt=0 HoldRes=0
              VARIANT Vglb_single16 GlbBanks=1 GlbBankBytes=512 GlbBytes=16 GlbSinglePort=1)
weft_lockstep(fifo TOP weft_fifo
              VARIANT Vfifo_1 Width=8 Depth=1
              VARIANT Vfifo_2 Width=8 Depth=2
              VARIANT Vfifo_3 Width=8 Depth=3
              VARIANT Vfifo_16 Width=8 Depth=16)

find_program(WEFT_YOSYS yosys)
if(WEFT_YOSYS)
  add_test(NAME ram_inference COMMAND ${WEFT_YOSYS} -q -s tests/lockstep/ram_inference.ys
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(ram_inference PROPERTIES LABELS lint TIMEOUT 600)
endif()
