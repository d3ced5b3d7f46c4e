#include "base/beside_program.hpp"

#include <cstdlib>

namespace gemel {

namespace fs = std::filesystem;

std::vector<fs::path> places_of(const OptionalLibrary& library, const fs::path& program) {
  std::vector<fs::path> places;
  if (const char* told = std::getenv(library.variable.c_str()); told && *told) {
    places.emplace_back(told);
    places.push_back(fs::path(told) / library.file);
  }
  if (!program.empty()) {
    const auto folder = program.parent_path();
    places.push_back(folder / library.file);
    places.push_back(folder / ".." / "lib" / library.file);
    for (auto up = folder; up.has_parent_path() && up != up.parent_path(); up = up.parent_path())
      places.push_back(up / "deps" / "lib" / library.file);
  }
  places.push_back(fs::path("build/deps/lib") / library.file);
  return places;
}

Result<fs::path> find_library(const OptionalLibrary& library) {
  std::error_code error;
  auto program = fs::read_symlink("/proc/self/exe", error);
  if (error) program.clear();
  std::string tried;
  for (const auto& place : places_of(library, program)) {
    if (fs::is_regular_file(place, error)) return place;
    tried += (tried.empty() ? "" : ", ") + place.string();
  }
  return Error{ErrorCode::NotFound, library.file + " is not there; set " + library.variable +
                                        " to where it is (looked at: " + tried + ")"};
}

}  // namespace gemel
