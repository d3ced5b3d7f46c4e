#pragma once
// The rules of ARCHITECTURE.md, "Layers", as a check over every #include under src/.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gemel::layers {

/// A folder under src/ as its gemel_module() declares it.
struct Module {
  std::string name;  // "connectors/mqtt"
  double rank = 0.0;
  std::set<std::string> deps;
};

using Modules = std::map<std::string, Module>;

/// Third-party headers that begin with `prefix` belong to these modules.
struct ThirdParty {
  std::string_view prefix;
  std::set<std::string_view> modules;
};

/// The rules for the libraries that Gemel uses.
const std::vector<ThirdParty>& third_parties();

/// Reads the table that CMake writes: a line "name rank dep dep …" for each module.
Modules read_modules(const std::filesystem::path& table);

/// Every offending include as "src/a/b.cpp:3: why", in the order of the files.
std::vector<std::string> offences(const std::filesystem::path& source_root, const Modules& modules,
                                  const std::vector<ThirdParty>& libraries);

}  // namespace gemel::layers
