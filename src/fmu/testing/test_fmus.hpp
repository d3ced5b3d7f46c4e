#pragma once
// FMUs for tests: small C models that the build compiles, packed when a test wants one.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fmu/archive.hpp"

namespace gemel::fmu::testing {

struct Member {
  std::string name;
  std::string bytes;
  std::uint32_t unix_mode = 0;  // 0: none is written
};

/// Writes a zip archive.
void write_archive(const std::filesystem::path& file, const std::vector<Member>& members);

/// A folder with FMUs in it, for the time of a test.
class TestFmus {
 public:
  TestFmus();
  /// "van_der_pol", "bouncing_ball", "troubled", "sampler", "mass" or "link": packed with its
  /// library for this machine, or for another one.
  std::filesystem::path make(std::string_view model, std::string_view platform = {}) const;
  std::filesystem::path make(std::string_view file, const std::vector<Member>& members) const;
  /// The bytes of a model's FMU with another model description.
  std::filesystem::path make_as(std::string_view file, std::string_view model,
                                std::string description) const;
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

/// The text of a model's modelDescription.xml.
std::string description_of(std::string_view model);

}  // namespace gemel::fmu::testing
