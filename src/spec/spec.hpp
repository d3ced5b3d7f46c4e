#pragma once
// From a twin file to a Plant, or to every reason why not.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/plant.hpp"

namespace gemel::spec {

/// A place in a twin file, counted from 1. Line 0: the file as a whole.
struct Location {
  int line = 0;
  int column = 0;
  friend auto operator<=>(const Location&, const Location&) = default;
};

/// Something wrong with a twin file.
struct Problem {
  std::string file;
  Location at;
  std::string message;  // what, the offending value, the remedy
  bool warning = false;
};

/// A twin file that can run. `source` is its text, for render().
struct Loaded {
  std::shared_ptr<const Plant> plant;
  std::vector<Problem> warnings;
  std::string source;
};

/// A twin file that can't: everything that is wrong with it, warnings too, in the order of the
/// lines.
struct Refused {
  std::vector<Problem> problems;
  std::string source;
};

using LoadResult = std::variant<Loaded, Refused>;

/// What `${NAME}` in a twin file stands for; empty when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own environment variables.
std::optional<std::string> process_environment(const std::string& name);

/// The largest twin file that is read.
inline constexpr std::size_t kTwinFileMaxBytes = 16 << 20;

/// Reads, checks and resolves a twin file. Relative paths in it count from the file's own folder.
/// Threads: any. Cost: linear in the number of signals; see the README for a measurement.
LoadResult load_file(const std::string& path, const Environment& environment = process_environment);

/// The same for text; `file_name` is for messages and for its folder.
LoadResult load_text(std::string_view text, const std::string& file_name,
                     const Environment& environment = process_environment);

/// "twin.yaml:17:22: error: …", the source line, and a caret under the place.
std::string render(const Problem& problem, std::string_view source);

/// All problems or warnings of a load, rendered, and a closing line such as "2 errors, 1 warning";
/// empty when there is nothing to say.
std::string report(const LoadResult& result);

/// The JSON Schema of twin files (draft 2020-12), from the same table as the loader's own checks;
/// it is published as docs/twin.schema.json.
std::string json_schema();

}  // namespace gemel::spec
