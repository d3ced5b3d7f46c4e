#pragma once
// A system on disk: its description, its parameter files and its FMUs, all found and read.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "fmu/archive.hpp"
#include "fmu/fmu.hpp"
#include "ssp/structure.hpp"

namespace gemel::ssp {

struct LoadOptions {
  /// Of an .ssp with several descriptions.
  std::string variant = "SystemStructure.ssd";
  /// Of a bare .ssd: where files lie that are not where the description says, by their last name.
  std::optional<std::filesystem::path> folder;
  fmu::ArchiveLimits limits = {};
};

/// Immutable. Threads: any.
struct Package {
  SystemStructure structure;
  std::map<std::string, std::shared_ptr<const fmu::Fmu>> fmus;  // by the source as written
};

/// Loads an .ssp archive, or a bare SystemStructure.ssd. Parameter files and mappings are put in
/// place of their names. Sources in an archive resolve inside it and nowhere else. No code of an
/// FMU runs yet.
///
/// Errors: those of unpack(), read_structure() and Fmu::load(); NotFound for a source, with where
/// it was looked for.
Result<Package> load(const std::filesystem::path& file, const LoadOptions& options = {});

}  // namespace gemel::ssp
