# SPDX-License-Identifier: Apache-2.0
weft_lockstep(pe TOP weft_pe
  VARIANT Vpe_small Lanes=1 FilterDepth=16 WinRows=4 WinLanes=1 ColSlots=4 PsumRows=4 PsumBanks=2 StepSlots=2
  VARIANT Vpe_nano Lanes=2 FilterDepth=128 WinRows=32 WinLanes=1 ColSlots=8 PsumRows=16 PsumBanks=1 StepSlots=4
  VARIANT Vpe_odd Lanes=1 FilterDepth=64 WinRows=16 WinLanes=3 ColSlots=8 PsumRows=16 PsumBanks=2 StepSlots=4
  VARIANT Vpe_two Lanes=2 FilterDepth=256 WinRows=32 WinLanes=2 ColSlots=16 PsumRows=32 PsumBanks=2 StepSlots=8
  VARIANT Vpe_large Lanes=1 FilterDepth=256 WinRows=16 WinLanes=8 ColSlots=16 PsumRows=64 PsumBanks=4 StepSlots=16)
