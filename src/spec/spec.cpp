#include "spec/spec.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "spec/detail/document.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/form.hpp"
#include "spec/detail/grammar.hpp"

namespace gemel::spec {
namespace {

/// A file for another version of the grammar: everything else that would be said of it would be
/// noise.
bool is_other_version(const Node& root, Problems& problems) {
  const Node* version = root.is_table() ? root.find("gemel") : nullptr;
  if (version == nullptr || !version->is_text() || version->text == kTwinVersion) return false;
  problems.error(version->at,
                 fmt::format("this twin file is of version '{}'; this program reads version {}",
                             version->text.substr(0, 20), kTwinVersion));
  return true;
}

Plant build(const Node& root, const std::string& folder, Problems& problems) {
  Draft draft(problems, folder);
  build_assets(draft, root);
  // Names are looked up by their endings from here on; estimates and scores join them below.
  draft.plant.index_paths();
  build_sources(draft, root);
  build_simulators(draft, root);
  build_estimators(draft);
  build_detectors(draft);
  draft.plant.index_paths();
  build_controls(draft);
  build_bindings(draft, root);
  build_connections(draft, root);
  build_decisions(draft, root);
  build_history(draft, root);
  draft.plant.version = version_of(draft.plant);
  return std::move(draft.plant);
}

LoadResult load(std::string source, const std::string& file_name, const Environment& environment) {
  Problems problems(file_name);
  const auto document = Document::parse(source, environment, problems);
  std::shared_ptr<const Plant> plant;
  if (document && !is_other_version(document->root(), problems)) {
    check_form(document->root(), problems);
    if (document->root().is_table()) {
      const auto folder = std::filesystem::path(file_name).parent_path().string();
      plant = std::make_shared<const Plant>(build(document->root(), folder, problems));
    }
  }
  if (problems.any_error() || plant == nullptr) return Refused{problems.take(), std::move(source)};
  return Loaded{std::move(plant), problems.take(), std::move(source)};
}

LoadResult unreadable(const std::string& path, std::string why) {
  return Refused{{Problem{path, {}, std::move(why), false}}, ""};
}

}  // namespace

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

LoadResult load_text(std::string_view text, const std::string& file_name,
                     const Environment& environment) {
  return load(std::string(text), file_name, environment);
}

LoadResult load_file(const std::string& path, const Environment& environment) {
  std::error_code trouble;
  if (std::filesystem::is_directory(path, trouble))
    return unreadable(path, "this is a folder; name the twin file in it");
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, "there is no such file, or it may not be read");
  const auto size = std::filesystem::file_size(path, trouble);
  if (!trouble && size > kTwinFileMaxBytes) {
    return unreadable(path,
                      fmt::format("{} bytes; a twin file may have {}", size, kTwinFileMaxBytes));
  }
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return unreadable(path, "it can't be read to its end");
  return load(std::move(text).str(), path, environment);
}

}  // namespace gemel::spec
