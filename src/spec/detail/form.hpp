#pragma once
// Holds a document against the grammar: every key known, every value of the right form.

#include "spec/detail/document.hpp"
#include "spec/detail/grammar.hpp"
#include "spec/detail/problems.hpp"

namespace gemel::spec {

/// Reports whatever in `root` does not have the form of a twin file. What a text means in its place
/// (a unit, a path) is left to those who use it.
void check_form(const Node& root, Problems& problems);

}  // namespace gemel::spec
