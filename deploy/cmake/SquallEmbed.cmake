# squall_embed(OUTPUT <file.cpp> DIRECTORY <dir>): makes the definition of squall::gateway::page::assets()
# (declared in gateway/page.hpp) from the files of a directory, again whenever one of them changes.
function(squall_embed)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "OUTPUT;DIRECTORY" "")
  file(GLOB_RECURSE files CONFIGURE_DEPENDS "${arg_DIRECTORY}/*")
  set(script "${PROJECT_SOURCE_DIR}/deploy/cmake/embed.cmake")
  add_custom_command(
    OUTPUT "${arg_OUTPUT}"
    COMMAND "${CMAKE_COMMAND}" "-DOUTPUT=${arg_OUTPUT}" "-DDIRECTORY=${arg_DIRECTORY}" -P "${script}"
    DEPENDS ${files} "${script}"
    COMMENT "Embedding ${arg_DIRECTORY}"
    VERBATIM)
endfunction()
