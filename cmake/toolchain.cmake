# Compiler and linker settings that hold for all our code.
find_program(GEMEL_CCACHE ccache)
if(GEMEL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${GEMEL_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GEMEL_CCACHE})
endif()
find_program(GEMEL_MOLD mold)
if(GEMEL_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_library(gemel_settings INTERFACE)
target_compile_options(gemel_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror=return-type -Werror=unused-result -fno-omit-frame-pointer
  # GCC 12 sees overlaps in std::string that are none (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
target_compile_options(gemel_settings INTERFACE $<$<CONFIG:Release>:-g1>)
target_include_directories(gemel_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)

if(GEMEL_SANITIZE)
  add_compile_options(-fsanitize=${GEMEL_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GEMEL_SANITIZE})
endif()
if(GEMEL_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
