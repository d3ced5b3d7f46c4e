#include "layers.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace gemel::layers {
namespace {

namespace fs = std::filesystem;

struct Include {
  int line = 0;
  std::string header;
  bool quoted = false;
};

std::vector<Include> includes_of(const fs::path& file) {
  std::vector<Include> found;
  std::ifstream in(file);
  std::string text;
  for (int line = 1; std::getline(in, text); ++line) {
    const auto hash = text.find_first_not_of(" \t");
    if (hash == std::string::npos || text[hash] != '#') continue;
    const auto word = text.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || text.compare(word, 7, "include") != 0) continue;
    const auto open = text.find_first_of("<\"", word + 7);
    if (open == std::string::npos) continue;
    const auto close = text.find(text[open] == '<' ? '>' : '"', open + 1);
    if (close == std::string::npos) continue;
    found.push_back({line, text.substr(open + 1, close - open - 1), text[open] == '"'});
  }
  return found;
}

/// The module that `path`, relative to src/, belongs to: the longest declared folder above it.
const Module* module_of(const Modules& modules, fs::path path) {
  while (path.has_parent_path()) {
    path = path.parent_path();
    if (const auto found = modules.find(path.generic_string()); found != modules.end())
      return &found->second;
  }
  return nullptr;
}

bool is_source(const fs::path& path) {
  static const std::set<std::string> kEndings{".hpp", ".h", ".cpp", ".cc", ".c"};
  return kEndings.contains(path.extension().string());
}

/// Tests may look wherever they like.
bool is_test(const fs::path& path) { return path.stem().string().ends_with("_test"); }

/// A header that other modules may include. A module that none names has no such headers.
bool is_public_header(const Modules& modules, const fs::path& path, const Module& module) {
  if (path.extension() != ".hpp" || path.parent_path().generic_string() != module.name)
    return false;
  return std::any_of(modules.begin(), modules.end(),
                     [&](const auto& other) { return other.second.deps.contains(module.name); });
}

class Check {
 public:
  Check(fs::path root, const Modules& modules, const std::vector<ThirdParty>& libraries)
      : root_(std::move(root)), modules_(modules), libraries_(libraries) {}

  std::vector<std::string> run() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_regular_file() && is_source(entry.path()))
        files.push_back(entry.path().lexically_relative(root_));
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) check_file(file);
    return std::move(offences_);
  }

 private:
  void offend(const fs::path& file, int line, const std::string& why) {
    offences_.push_back("src/" + file.generic_string() + ":" + std::to_string(line) + ": " + why);
  }

  void check_file(const fs::path& file) {
    const Module* own = module_of(modules_, file);
    if (own == nullptr)
      return offend(file, 1, "belongs to no module; declare its folder with gemel_module()");
    for (const auto& include : includes_of(root_ / file)) {
      if (include.quoted) {
        check_ours(file, *own, include);
      } else {
        check_library(file, *own, include);
      }
    }
  }

  void check_ours(const fs::path& file, const Module& own, const Include& include) {
    if (!fs::exists(root_ / include.header)) {
      return offend(file, include.line,
                    "\"" + include.header + "\" is no path from src/; write \"module/header.hpp\"");
    }
    const Module* other = module_of(modules_, include.header);
    if (other == nullptr || other == &own || is_test(file)) return;
    const std::string whom = own.name + " includes \"" + include.header + "\"";
    if (!own.deps.contains(other->name)) {
      offend(file, include.line, whom + " but does not name " + other->name + " in its DEPS");
    } else if (other->rank >= own.rank) {
      offend(file, include.line, whom + ", which is not of lower rank");
    } else if (include.header.find("/detail/") != std::string::npos) {
      offend(file, include.line, whom + ", which is hidden in that module's detail/");
    }
  }

  void check_library(const fs::path& file, const Module& own, const Include& include) {
    const ThirdParty* library = library_of(include.header);
    if (library == nullptr || is_test(file)) return;
    const std::string header = "<" + include.header + ">";
    if (!library->modules.contains(own.name)) {
      offend(file, include.line, header + " does not belong in " + own.name);
    } else if (is_public_header(modules_, file, own)) {
      offend(file, include.line,
             header + " in a public header of " + own.name + "; hide it in a .cpp or in detail/");
    }
  }

  const ThirdParty* library_of(std::string_view header) const {
    const auto found =
        std::find_if(libraries_.begin(), libraries_.end(),
                     [&](const ThirdParty& library) { return header.starts_with(library.prefix); });
    return found == libraries_.end() ? nullptr : &*found;
  }

  const fs::path root_;
  const Modules& modules_;
  const std::vector<ThirdParty>& libraries_;
  std::vector<std::string> offences_;
};

}  // namespace

const std::vector<ThirdParty>& third_parties() {
  static const std::vector<ThirdParty> kRules{
      {"yaml-cpp/", {"spec"}},
      {"udunits2", {"spec"}},
      {"simdjson", {"connectors/payload", "api"}},
      {"libpq", {"postgres"}},
      {"nlohmann/", {"api", "app", "postgres", "learning", "networks"}},
      {"boost/", {"api", "app", "networks"}},
      {"openssl/", {"api", "app", "connectors/mqtt"}},
      {"mosquitto", {"connectors/mqtt"}},
      {"sodium", {"history", "api", "app", "networks"}},
      {"xxhash", {"history", "app"}},
      {"zlib", {"api"}},
      {"duckdb", {"exchange"}},
      {"xgboost/", {"learning"}},
      {"zip.h", {"fmu"}},
      {"pugixml", {"xml"}},
      {"cvode/", {"fmu"}},
      {"nvector/", {"fmu"}},
      {"sundials/", {"fmu"}},
      {"sunlinsol/", {"fmu"}},
      {"sunmatrix/", {"fmu"}},
      {"CLI/", {"app"}},
      {"nlopt.h", {"surrogates"}},
      {"Eigen/", {"simulation", "inference", "networks", "estimation", "surrogates", "ssp"}},
      {"fmt/",
       {"spec", "connectors/payload", "connectors/mqtt", "connectors/files", "pipeline", "history",
        "exchange", "postgres", "state", "inference", "simulation", "decision", "actuation",
        "engine", "api", "app"}},
  };
  return kRules;
}

Modules read_modules(const fs::path& table) {
  Modules modules;
  std::ifstream in(table);
  std::string line;
  while (std::getline(in, line)) {
    std::replace(line.begin(), line.end(), ';', ' ');
    std::istringstream words(line);
    Module module;
    if (!(words >> module.name >> module.rank)) continue;
    for (std::string dep; words >> dep;) module.deps.insert(dep);
    modules.emplace(module.name, module);
  }
  return modules;
}

std::vector<std::string> offences(const fs::path& source_root, const Modules& modules,
                                  const std::vector<ThirdParty>& libraries) {
  return Check(source_root, modules, libraries).run();
}

}  // namespace gemel::layers
