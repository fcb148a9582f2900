# SPDX-License-Identifier: Apache-2.0
weft_lockstep(load TOP weft_load
              VARIANT Vload_weft168 GlbBytes=16 MemBytes=8 MaxBurstBytes=128 MaxReads=8
              VARIANT Vload_odd GlbBytes=8 MemBytes=8 MaxBurstBytes=128 MaxReads=3
              VARIANT Vload_nano GlbBytes=4 MemBytes=4 MaxBurstBytes=32 MaxReads=1 AddrBits=24
              VARIANT Vload_wide GlbBytes=32 MemBytes=4 MaxBurstBytes=8 MaxReads=2)
weft_lockstep(store TOP weft_store
              VARIANT Vstore_weft168 GlbBytes=16 MemBytes=8 MaxBurstBytes=128 MaxWrites=8 RecWords=78
              VARIANT Vstore_odd GlbBytes=8 MemBytes=8 MaxBurstBytes=128 MaxWrites=2 RecWords=5
              VARIANT Vstore_nano GlbBytes=4 MemBytes=4 MaxBurstBytes=32 MaxWrites=1 RecWords=30 OutBeats=1 AddrBits=24
              VARIANT Vstore_wide GlbBytes=32 MemBytes=4 MaxBurstBytes=8 MaxWrites=3 RecWords=1 OutBeats=3)
weft_lockstep(mem_port TOP weft_mem_port
              VARIANT Vport_weft168 MemBytes=8 MaxBurstBytes=128 MaxReads=8 MaxWrites=8
              VARIANT Vport_odd MemBytes=8 MaxBurstBytes=128 MaxReads=3 MaxWrites=2
              VARIANT Vport_small MemBytes=4 MaxBurstBytes=8 MaxReads=1 MaxWrites=1
              VARIANT Vport_nano MemBytes=4 MaxBurstBytes=32 MaxReads=1 MaxWrites=1 PlainMemory=1)
# The port's test also puts the engines behind it.
foreach(unit load_Vload_weft168 load_Vload_nano store_Vstore_weft168 store_Vstore_nano)
  string(REGEX REPLACE "^[a-z]+_" "" prefix ${unit})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${prefix})
  add_dependencies(mem_port_lockstep ${unit})
  target_include_directories(mem_port_lockstep SYSTEM PRIVATE ${dir})
  target_link_libraries(mem_port_lockstep PRIVATE ${dir}/${prefix}__ALL.a)
endforeach()
weft_lockstep(mover TOP weft_mover
              VARIANT Vmover_nano GlbBytes=4 MemBytes=4 MaxBurstBytes=32 RecWords=78 OutBeats=1 AddrBits=24
              VARIANT Vmover_wide GlbBytes=16 MemBytes=8 MaxBurstBytes=128 RecWords=5 OutBeats=2 AddrBits=32)
