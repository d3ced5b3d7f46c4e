#pragma once
// Twin files for the commands: read, report, or say what is wrong.

#include <memory>
#include <string>

#include "base/result.hpp"
#include "core/plant.hpp"

namespace gemel::app {

/// Reads a twin file; prints its warnings. Errors: InvalidInput, the message being the whole
/// report.
Result<std::shared_ptr<const Plant>> load_plant(const std::string& path);

/// The twin's signals when `twin_path` is given; otherwise bare ones, as the history
/// there knows them.
Result<std::shared_ptr<const Plant>> plant_of(const std::string& twin_path,
                                              const std::string& history_path);

}  // namespace gemel::app
