# SPDX-License-Identifier: Apache-2.0
# weft_embed(TARGET VARIABLE FILE...): files whose text the program carries. In the target's sources,
#   #include "VARIABLE.h" gives weft::VARIABLE, an array of {name without folder, text}.
set(WEFT_EMBED_TEMPLATE ${CMAKE_CURRENT_LIST_DIR}/embed.h.in)
function(weft_embed target variable)
  set(WEFT_EMBED_VARIABLE ${variable})
  set(WEFT_EMBED_ENTRIES "")
  foreach(file IN LISTS ARGN)
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    string(APPEND WEFT_EMBED_ENTRIES "    {\"${name}\", R\"weft_text(${text})weft_text\"},\n")
  endforeach()
  configure_file(${WEFT_EMBED_TEMPLATE} ${CMAKE_CURRENT_BINARY_DIR}/embedded/${variable}.h @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/embedded)
endfunction()
