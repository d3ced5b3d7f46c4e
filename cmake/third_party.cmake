# Third-party libraries, each under one target name. What each is for, how it is obtained and what was
# rejected: docs/dependencies.md.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
pkg_check_modules(MOSQUITTO REQUIRED IMPORTED_TARGET libmosquitto)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(NLOPT REQUIRED IMPORTED_TARGET nlopt)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
find_package(pugixml REQUIRED)

find_library(UDUNITS2_LIBRARY udunits2 REQUIRED)
find_path(UDUNITS2_INCLUDE udunits2.h REQUIRED)
add_library(udunits2 INTERFACE)
target_link_libraries(udunits2 INTERFACE ${UDUNITS2_LIBRARY})
target_include_directories(udunits2 SYSTEM INTERFACE ${UDUNITS2_INCLUDE})

# Debian's own CMake file asks for a program that the library's package doesn't bring.
find_library(XGBOOST_LIBRARY xgboost REQUIRED)
find_path(XGBOOST_INCLUDE xgboost/c_api.h REQUIRED)
add_library(xgboost INTERFACE)
target_link_libraries(xgboost INTERFACE ${XGBOOST_LIBRARY})
target_include_directories(xgboost SYSTEM INTERFACE ${XGBOOST_INCLUDE})

# CVODE, linked statically: an FMU may bring a SUNDIALS of its own, which must not meet ours. setup/ unpacks the
# headers and archives below build/deps; an installed libsundials-dev does as well.
find_path(SUNDIALS_INCLUDE cvode/cvode.h HINTS ${CMAKE_SOURCE_DIR}/build/deps/sundials/usr/include REQUIRED)
add_library(sundials INTERFACE)
target_include_directories(sundials SYSTEM INTERFACE ${SUNDIALS_INCLUDE})
set(GEMEL_SUNDIALS_PARTS cvode nvecserial sunmatrixdense sunlinsoldense)
if(EXISTS ${SUNDIALS_INCLUDE}/sundials/sundials_errors.h)  # SUNDIALS 7
  list(APPEND GEMEL_SUNDIALS_PARTS core)
  find_package(MPI REQUIRED COMPONENTS C)  # Debian's SUNDIALS 7 is built with it
  target_link_libraries(sundials INTERFACE MPI::MPI_C)
  target_compile_definitions(sundials INTERFACE OMPI_SKIP_MPICXX)
else()
  list(APPEND GEMEL_SUNDIALS_PARTS generic)
endif()
foreach(part ${GEMEL_SUNDIALS_PARTS})
  find_library(SUNDIALS_${part} libsundials_${part}.a HINTS ${SUNDIALS_INCLUDE}/../lib
               PATH_SUFFIXES ${CMAKE_LIBRARY_ARCHITECTURE} REQUIRED)
  target_link_libraries(sundials INTERFACE ${SUNDIALS_${part}})
endforeach()

if(TARGET yaml-cpp::yaml-cpp)
  set(GEMEL_YAML yaml-cpp::yaml-cpp)
else()
  set(GEMEL_YAML yaml-cpp)
endif()

# Beast without Boost's compiled libraries: errors and regexes are header-only as we use them.
add_library(beast INTERFACE)
target_link_libraries(beast INTERFACE Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
target_compile_definitions(beast INTERFACE BOOST_ERROR_CODE_HEADER_ONLY BOOST_BEAST_USE_STD_STRING_VIEW
                                           BOOST_ASIO_NO_DEPRECATED)

# DuckDB is opened at run time (Parquet, SQL); only its C header is needed here.
find_path(DUCKDB_INCLUDE duckdb.h PATHS ${CMAKE_SOURCE_DIR}/build/deps/include NO_DEFAULT_PATH)

if(GEMEL_TESTS)
  find_package(GTest REQUIRED)
  find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
  find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
  add_library(rapidcheck_all INTERFACE)
  target_link_libraries(rapidcheck_all INTERFACE ${RAPIDCHECK_LIBRARY})
  target_include_directories(rapidcheck_all SYSTEM INTERFACE ${RAPIDCHECK_INCLUDE})
endif()
if(GEMEL_BENCH)
  find_package(benchmark REQUIRED)
endif()
