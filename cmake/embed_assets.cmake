# gemel_embed(TARGET out-file-variables …): the page (ui/dist) and openapi.yaml, gzipped, as an assembler file with a
# table in C++. Made while configuring; a change of the page's index.html configures anew.
function(gemel_embed target)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  file(MAKE_DIRECTORY ${out})
  find_program(GZIP gzip REQUIRED)

  set(dist ${CMAKE_SOURCE_DIR}/ui/dist)
  if(EXISTS ${dist}/index.html)
    file(GLOB_RECURSE files RELATIVE ${dist} ${dist}/*)
    list(TRANSFORM files PREPEND ${dist}/ OUTPUT_VARIABLE sources)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${dist}/index.html)
  else()
    message(STATUS "ui/dist is not there: the page only says how to build it (./dev build does)")
    set(files index.html)
    set(sources ${CMAKE_CURRENT_SOURCE_DIR}/no_page.html)
  endif()
  list(APPEND files openapi.yaml)
  list(APPEND sources ${CMAKE_CURRENT_SOURCE_DIR}/openapi.yaml)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/openapi.yaml)

  set(assembler "    .section .rodata\n")
  set(declarations "")
  set(table "")
  set(i 0)
  foreach(file source IN ZIP_LISTS files sources)
    execute_process(COMMAND ${GZIP} -9 -n -c ${source} OUTPUT_FILE ${out}/${i}.gz COMMAND_ERROR_IS_FATAL ANY)
    file(SHA256 ${source} hash)
    string(SUBSTRING ${hash} 0 16 hash)
    get_filename_component(extension ${file} LAST_EXT)
    set(type application/octet-stream)
    foreach(pair .html=text/html .js=text/javascript .css=text/css .svg=image/svg+xml .json=application/json
                 .yaml=application/yaml .png=image/png .ico=image/x-icon .woff2=font/woff2 .txt=text/plain)
      string(REPLACE "=" ";" pair ${pair})
      list(GET pair 0 ending)
      if(extension STREQUAL ending)
        list(GET pair 1 type)
      endif()
    endforeach()
    if(type MATCHES "^text/|json|yaml|svg")
      string(APPEND type "; charset=utf-8")
    endif()
    string(APPEND assembler "    .global gemel_asset_${i}\ngemel_asset_${i}:\n    .incbin \"${out}/${i}.gz\"\n"
                            "    .global gemel_asset_${i}_end\ngemel_asset_${i}_end:\n    .byte 0\n")
    string(APPEND declarations "extern const char gemel_asset_${i}[], gemel_asset_${i}_end[];\n")
    string(APPEND table "      {\"/${file}\", \"${type}\", \"\\\"${hash}\\\"\","
                        " {gemel_asset_${i}, static_cast<std::size_t>(gemel_asset_${i}_end - gemel_asset_${i})}},\n")
    math(EXPR i "${i} + 1")
  endforeach()
  string(APPEND assembler "    .section .note.GNU-stack,\"\",%progbits\n")
  file(CONFIGURE OUTPUT ${out}/assets.S CONTENT "${assembler}" @ONLY)
  file(CONFIGURE OUTPUT ${out}/assets.cpp @ONLY CONTENT
"// Made by cmake/embed_assets.cmake.
#include \"api/detail/assets.hpp\"

extern \"C\" {
${declarations}}

namespace gemel::api {

const Asset* find_asset(std::string_view path) {
  static const Asset kAssets[] = {
${table}  };
  for (const auto& asset : kAssets) {
    if (asset.path == path) return &asset;
  }
  return nullptr;
}

}  // namespace gemel::api
")
  # The assembler does not tell which files it takes in.
  file(GLOB blobs ${out}/*.gz)
  set_source_files_properties(${out}/assets.S PROPERTIES OBJECT_DEPENDS "${blobs}")
  target_sources(${target} PRIVATE ${out}/assets.S ${out}/assets.cpp)
endfunction()
