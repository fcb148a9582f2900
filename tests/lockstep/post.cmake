# SPDX-License-Identifier: Apache-2.0
weft_lockstep(requant TOP weft_requant
              VARIANT Vrequant_sum InW=32 Shl=0
              VARIANT Vrequant_add InW=10 Shl=20)
weft_lockstep(requant_serial TOP weft_requant_serial
              VARIANT Vrequant_serial)
weft_lockstep(post TOP weft_post
              VARIANT Vpost_weft168 PostLanes=8 GlbBytes=16 ParamRows=64
              VARIANT Vpost_ecp5 PostLanes=4 GlbBytes=16 ParamRows=64
              VARIANT Vpost_odd PostLanes=4 GlbBytes=8 ParamRows=16
              VARIANT Vpost_widest PostLanes=16 GlbBytes=32 ParamRows=128
              VARIANT Vpost_square PostLanes=8 GlbBytes=8 ParamRows=4
              VARIANT Vpost_one PostLanes=1 GlbBytes=4 ParamRows=4
              VARIANT Vpost_nano PostLanes=1 GlbBytes=4 ParamRows=32 PostSerial=1
              VARIANT Vpost_serial16 PostLanes=1 GlbBytes=16 ParamRows=4 PostSerial=1)
weft_lockstep(collector TOP weft_collector
              VARIANT Vcollector_weft168 PostLanes=8 GlbBytes=16 MaxUnits=56 ParamRows=64
              VARIANT Vcollector_ecp5 PostLanes=4 GlbBytes=16 MaxUnits=8 ParamRows=64 Patterns=2
              VARIANT Vcollector_odd PostLanes=4 GlbBytes=8 MaxUnits=14 ParamRows=16 Patterns=2
              VARIANT Vcollector_widest PostLanes=16 GlbBytes=32 MaxUnits=64 ParamRows=128
              VARIANT Vcollector_square PostLanes=8 GlbBytes=8 MaxUnits=3 ParamRows=4
              VARIANT Vcollector_one PostLanes=1 GlbBytes=16 MaxUnits=5 ParamRows=4
              VARIANT Vcollector_nano PostLanes=1 GlbBytes=4 MaxUnits=1 ParamRows=32 Patterns=2)
