#pragma once
// Whether an FMU keeps to the standard, and whether it runs here.

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "fmu/description.hpp"

namespace gemel::fmu {

struct ValidationFinding {
  bool error = false;  // it will not run; otherwise a warning
  std::string what;    // with the line of modelDescription.xml where there is one
};

/// What the standard asks of variables beyond what reading needs: causality, variability, initial
/// and start values that go together, states with derivatives, outputs that are listed.
/// Source: FMI 2.0.4, section 2.2.7; FMI 3.0.1, section 2.4.7.
std::vector<ValidationFinding> check_rules(const ModelDescription& description);

/// The whole of it: archive, description, rules, library for this machine, and for each interface a
/// try in a process of its own: made, initialised, its outputs read, one step. Empty: nothing
/// found.
std::vector<ValidationFinding> validate(const std::filesystem::path& file);

}  // namespace gemel::fmu
