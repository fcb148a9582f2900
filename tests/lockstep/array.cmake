# SPDX-License-Identifier: Apache-2.0
weft_lockstep(pe TOP weft_pe
  VARIANT Vpe_small Lanes=1 FilterDepth=16 WinRows=4 WinLanes=1 ColSlots=4 PsumRows=4 PsumBanks=2 StepSlots=2
  VARIANT Vpe_nano Lanes=2 FilterDepth=128 WinRows=32 WinLanes=1 ColSlots=4 PsumRows=16 PsumBanks=1 StepSlots=2 PassSlots=1 MacGate=0
  VARIANT Vpe_odd Lanes=1 FilterDepth=64 WinRows=16 WinLanes=3 ColSlots=8 PsumRows=16 PsumBanks=2 StepSlots=4
  VARIANT Vpe_two Lanes=2 FilterDepth=256 WinRows=128 WinLanes=2 ColSlots=16 PsumRows=32 PsumBanks=2 StepSlots=8
  VARIANT Vpe_large Lanes=1 FilterDepth=256 WinRows=16 WinLanes=8 ColSlots=16 PsumRows=64 PsumBanks=4 StepSlots=16)
weft_lockstep(gather TOP weft_gather
  VARIANT Vgather_least PostLanes=1 OutRows=1
  VARIANT Vgather_one PostLanes=1 OutRows=2
  VARIANT Vgather_four PostLanes=4 OutRows=3 LaneRams=1
  VARIANT Vgather_eight PostLanes=8 OutRows=4)
weft_lockstep(array TOP weft_array
  VARIANT Varray_one Rows=1 Cols=1 Segs=1 Lanes=1 FilterDepth=16 WinRows=4 WinLanes=1 ColSlots=4 PsumRows=4 PsumBanks=2 StepSlots=2 PostLanes=1 OutRows=2 Patterns=2
  VARIANT Varray_nano Rows=2 Cols=1 Segs=1 Lanes=2 FilterDepth=128 WinRows=32 WinLanes=1 ColSlots=4 PsumRows=16 PsumBanks=1 StepSlots=2 PassSlots=1 MacGate=0 PostLanes=1 OutRows=1 Patterns=2
  VARIANT Varray_odd Rows=5 Cols=7 Segs=2 Lanes=1 FilterDepth=64 WinRows=16 WinLanes=3 ColSlots=8 PsumRows=16 PsumBanks=2 StepSlots=4 PostLanes=4 OutRows=3 Patterns=2
  VARIANT Varray_segs Rows=7 Cols=3 Segs=4 Lanes=2 FilterDepth=32 WinRows=8 WinLanes=2 ColSlots=4 PsumRows=8 PsumBanks=4 StepSlots=2 PostLanes=8 OutRows=4
  VARIANT Varray_ecp5 Rows=8 Cols=4 Segs=2 Lanes=2 FilterDepth=256 WinRows=128 WinLanes=2 ColSlots=16 PsumRows=32 PsumBanks=2 StepSlots=8 PostLanes=4 OutRows=8 Patterns=2
  VARIANT Varray_168 Rows=12 Cols=14 Segs=4 Lanes=1 FilterDepth=256 WinRows=16 WinLanes=8 ColSlots=16 PsumRows=64 PsumBanks=4 StepSlots=16 PostLanes=8 OutRows=4)
