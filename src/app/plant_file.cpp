#include "app/plant_file.hpp"

#include <cstdio>

#include "app/history_store.hpp"
#include "spec/spec.hpp"

namespace gemel::app {

Result<std::shared_ptr<const Plant>> load_plant(const std::string& path) {
  const auto loaded = spec::load_file(path);
  const auto report = spec::report(loaded);
  const auto* good = std::get_if<spec::Loaded>(&loaded);
  if (!good) return Error{ErrorCode::InvalidInput, "the twin file can't be used\n" + report};
  if (!report.empty()) std::fprintf(stderr, "%s", report.c_str());
  return good->plant;
}

Result<std::shared_ptr<const Plant>> plant_of(const std::string& twin_path,
                                              const std::string& history_path) {
  if (!twin_path.empty()) return load_plant(twin_path);
  GEMEL_ASSIGN(auto recorded, recorded_signals(history_place(history_path)));
  return std::shared_ptr<const Plant>(std::make_shared<Plant>(std::move(recorded)));
}

}  // namespace gemel::app
