# gemel_module(NAME n RANK r SOURCES … [DEPS module …] [THIRD_PARTY target …] [PUBLIC_THIRD_PARTY target …])
#
# One folder under src/ is one module and one static library `gemel_<n>`. DEPS names the modules whose
# headers it may include; tests/layers reads every #include and refuses anything that is not named here
# or not of lower rank.
function(gemel_module)
  cmake_parse_arguments(M "" "NAME;RANK" "SOURCES;DEPS;THIRD_PARTY;PUBLIC_THIRD_PARTY" ${ARGN})
  string(REPLACE "/" "_" target gemel_${M_NAME})
  add_library(${target} STATIC ${M_SOURCES})
  target_link_libraries(${target} PUBLIC gemel_settings ${M_PUBLIC_THIRD_PARTY} PRIVATE ${M_THIRD_PARTY})
  foreach(dep ${M_DEPS})
    string(REPLACE "/" "_" dep_target gemel_${dep})
    target_link_libraries(${target} PUBLIC ${dep_target})
  endforeach()
  set_property(GLOBAL APPEND_STRING PROPERTY GEMEL_LAYERS "${M_NAME} ${M_RANK} ${M_DEPS}\n")
endfunction()

# gemel_test(NAME n SOURCES … [DEPS module …] [LIBS target …] [LABELS label …] [TIMEOUT seconds])
#
# A GoogleTest program `<n>` whose cases ctest knows one by one. Label `fast` is the default.
function(gemel_test)
  if(NOT GEMEL_TESTS OR GEMEL_FUZZ)
    return()
  endif()
  cmake_parse_arguments(T "" "NAME;TIMEOUT" "SOURCES;DEPS;LIBS;LABELS" ${ARGN})
  if(NOT T_LABELS)
    set(T_LABELS fast)
  endif()
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE gemel_settings rapidcheck_all GTest::gmock GTest::gtest_main ${T_LIBS})
  foreach(dep ${T_DEPS})
    string(REPLACE "/" "_" dep_target gemel_${dep})
    target_link_libraries(${T_NAME} PRIVATE ${dep_target})
  endforeach()
  target_compile_definitions(${T_NAME} PRIVATE GEMEL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  # What tests do themselves is not worth a third of the build.
  target_compile_options(${T_NAME} PRIVATE $<$<CONFIG:Release>:-O1>)
  # One process a program, not one a case: a few hundred process starts would cost more than the tests.
  add_test(NAME ${T_NAME} COMMAND ${T_NAME} --gtest_brief=1)
  set_tests_properties(${T_NAME} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT}
                       SKIP_REGULAR_EXPRESSION "ALL TESTS SKIPPED")
endfunction()

# gemel_fuzz(NAME n SOURCES … DEPS module …): a libFuzzer program in the `fuzz` preset. Elsewhere the same
# source is built with a small driver that runs its corpus (tests/fuzz/corpus/<n>) as a fast test.
function(gemel_fuzz)
  cmake_parse_arguments(F "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  if(GEMEL_FUZZ)
    add_executable(${F_NAME} ${F_SOURCES})
    target_link_options(${F_NAME} PRIVATE -fsanitize=fuzzer)
  elseif(GEMEL_TESTS)
    add_executable(${F_NAME} ${F_SOURCES} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus_driver.cpp)
    add_test(NAME ${F_NAME} COMMAND ${F_NAME} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${F_NAME})
    set_tests_properties(${F_NAME} PROPERTIES LABELS fast TIMEOUT 60)
  else()
    return()
  endif()
  target_link_libraries(${F_NAME} PRIVATE gemel_settings ${F_LIBS})
  foreach(dep ${F_DEPS})
    string(REPLACE "/" "_" dep_target gemel_${dep})
    target_link_libraries(${F_NAME} PRIVATE ${dep_target})
  endforeach()
endfunction()
