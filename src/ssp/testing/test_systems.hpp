#pragma once
// Systems for tests: descriptions put together from a few words.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fmu/testing/test_fmus.hpp"
#include "ssp/coupled_system.hpp"

namespace gemel::ssp::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A <ssd:ParameterBindings> with Real values, or whatever `<ssv:…>` a value already is.
std::string bindings(const Pairs& values);
/// `connectors`: a name and its kind. `within`: more elements of the component.
std::string component(std::string_view name, std::string_view source, const Pairs& connectors,
                      std::string_view within = {});
/// "left.x" to "spring.u"; a name without a point is the system's own connector.
std::string connection(std::string_view start, std::string_view end, std::string_view within = {});
std::string connectors(const Pairs& connectors);
/// A nested system.
std::string system(std::string_view name, std::string_view elements, std::string_view connections,
                   std::string_view before = {});
/// The whole file. `before`: connectors and bindings of the outermost system.
std::string description(std::string_view elements, std::string_view connections,
                        std::string_view before = {}, std::string_view after = {});

/// Writes `text` beside the FMUs, and loads and couples it.
Result<CoupledSystem> coupled(const fmu::testing::TestFmus& fmus, std::string_view text);

/// Two masses of 1 kg and 2 kg, each on a spring of 10 N/m to the wall, and a spring of 30 N/m
/// between them: three FMUs of which the middle one passes its inputs on. The left one begins 1 m
/// away. `prompt`: whether the middle one answers before its next step.
std::string two_masses(bool prompt);
/// x of the left one, exactly, by the matrix exponential of the whole. Source: its Taylor series
/// with scaling and squaring.
double two_masses_left(double time_s);

}  // namespace gemel::ssp::testing
