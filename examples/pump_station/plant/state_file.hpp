// The physical state of the station in a text file, exact to the last bit.
//
// Format: a first line "pump-station-state 2", then "name value" lines; numbers with a fraction are
// hexadecimal floats, so nothing is lost on the way.
#pragma once

#include <optional>
#include <string>

#include "plant.hpp"
#include "result.hpp"

namespace riverside {

std::string state_to_text(const Plant& plant);

/// Errors: names the first entry that is missing or cannot be read.
Result<Plant> state_from_text(const std::string& text);

/// Writes beside the file and renames, so that a crash leaves the old state whole.
/// Errors: the file cannot be written.
Result<void> save_state(const Plant& plant, const std::string& file);

/// None if there is no such file.  Errors: as state_from_text, with the file's name.
Result<std::optional<Plant>> load_state(const std::string& file);

}  // namespace riverside
