#pragma once
// Where a shared library may lie that the program finds at run time, and can live without.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace gemel {

struct OptionalLibrary {
  std::string file;      // "libduckdb.so"
  std::string variable;  // of the environment: the library itself, or its folder
};

/// In the order in which they are looked at: what the variable says, beside the program, ../lib
/// from there, deps/lib of each folder above it (a build tree), build/deps/lib of the present one.
/// `program` empty: not known.
std::vector<std::filesystem::path> places_of(const OptionalLibrary& library,
                                             const std::filesystem::path& program);

/// The first place of the running program where there is such a file. Errors: NotFound; the message
/// lists the places.
Result<std::filesystem::path> find_library(const OptionalLibrary& library);

}  // namespace gemel
