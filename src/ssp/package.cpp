#include "ssp/package.hpp"

#include <cctype>
#include <fstream>
#include <iterator>

namespace gemel::ssp {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{ErrorCode::NotFound, path.string() + " can't be read; is it there?"};
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const int low = std::tolower(static_cast<unsigned char>(c));
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// %20 and the like.
std::string decoded(std::string_view uri) {
  std::string plain;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && hex_digit(uri[i + 1]) >= 0 &&
        hex_digit(uri[i + 2]) >= 0) {
      plain += static_cast<char>(16 * hex_digit(uri[i + 1]) + hex_digit(uri[i + 2]));
      i += 2;
    } else {
      plain += uri[i];
    }
  }
  return plain;
}

class Loader {
 public:
  /// `inside`: nothing outside `root` is touched.
  Loader(fs::path root, bool inside, const LoadOptions& options, std::string name)
      : root_(std::move(root)), inside_(inside), options_(options), name_(std::move(name)) {}

  Result<Package> load(const fs::path& description) {
    GEMEL_ASSIGN(const auto text, read_text(description));
    GEMEL_ASSIGN(package_.structure, read_structure(text, name_));
    GEMEL_TRY(fill(package_.structure.system));
    return std::move(package_);
  }

 private:
  Error missing(const std::string& source, int line, const std::string& what) const {
    return {ErrorCode::NotFound,
            name_ + ":" + std::to_string(line) + ": source=\"" + source + "\": " + what};
  }

  Result<fs::path> find(const std::string& source, int line) const {
    const auto path = fs::path(decoded(source)).lexically_normal();
    const auto colon = source.find(':');
    const bool elsewhere = path.is_absolute() || (colon != std::string::npos &&
                                                  source.find('/') > colon && !fs::exists(path));
    if (elsewhere || (inside_ && path.begin() != path.end() && *path.begin() == "..")) {
      return Error{ErrorCode::Unsupported, name_ + ":" + std::to_string(line) + ": source=\"" +
                                               source +
                                               "\" leads elsewhere; write a relative path" +
                                               (inside_ ? " to a member of the archive" : "")};
    }
    const auto here = root_ / path;
    if (fs::is_regular_file(here)) return here;
    if (inside_)
      return missing(source, line, "the archive has no such member; pack the system anew");
    if (!options_.folder) {
      return missing(source, line,
                     here.lexically_normal().string() +
                         " is not there; name the folder that the files lie in (--folder)");
    }
    const auto there = *options_.folder / path.filename();
    if (fs::is_regular_file(there)) return there;
    return missing(
        source, line,
        "neither " + here.lexically_normal().string() + " nor " + there.string() + " is there");
  }

  Result<void> fill(System& system) {
    GEMEL_TRY(fill(system.bindings));
    for (auto& component : system.components) {
      GEMEL_TRY(fill(component.bindings));
      if (package_.fmus.contains(component.source)) continue;
      GEMEL_ASSIGN(const auto file, find(component.source, component.line));
      auto fmu = fmu::Fmu::load(file, options_.limits);
      if (!fmu) return fmu.error().within("component " + component.name);
      package_.fmus.emplace(component.source, std::move(*fmu));
    }
    for (auto& each : system.systems) GEMEL_TRY(fill(each));
    return {};
  }

  Result<void> fill(std::vector<Binding>& bindings) {
    for (auto& binding : bindings) {
      if (!binding.source.empty()) {
        GEMEL_ASSIGN(const auto file, find(binding.source, binding.line));
        GEMEL_ASSIGN(const auto text, read_text(file));
        GEMEL_ASSIGN(binding.values, read_parameter_set(text, binding.source));
      }
      if (!binding.mapping_source.empty()) {
        GEMEL_ASSIGN(const auto file, find(binding.mapping_source, binding.line));
        GEMEL_ASSIGN(const auto text, read_text(file));
        GEMEL_ASSIGN(binding.mapping, read_mapping(text, binding.mapping_source));
      }
    }
    return {};
  }

  const fs::path root_;
  const bool inside_;
  const LoadOptions& options_;
  const std::string name_;
  Package package_;
};

}  // namespace

Result<Package> load(const fs::path& file, const LoadOptions& options) {
  if (file.extension() == ".ssd")
    return Loader(file.parent_path(), false, options, file.string()).load(file);
  GEMEL_ASSIGN(const auto archive, fmu::unpack(file, options.limits));
  const auto description = archive.folder.path() / options.variant;
  if (std::find(archive.members.begin(), archive.members.end(), options.variant) ==
      archive.members.end()) {
    std::string there;
    for (const auto& member : archive.members) {
      if (member.ends_with(".ssd")) there += (there.empty() ? "" : ", ") + member;
    }
    return Error{ErrorCode::NotFound, file.string() + " has no " + options.variant +
                                          (there.empty() ? "; is it an SSP archive?"
                                                         : "; its descriptions are " + there)};
  }
  return Loader(archive.folder.path(), true, options,
                file.filename().string() + "/" + options.variant)
      .load(description);
}

}  // namespace gemel::ssp
