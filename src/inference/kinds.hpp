#pragma once
// The kinds of detector that learn: a table, one line each.

#include <span>
#include <string>
#include <string_view>

#include "inference/settings.hpp"
#include "inference/views.hpp"

namespace gemel::inference {

/// A judge and the view it is given.
struct JudgePart {
  std::string_view judge;  // of judges.hpp
  View view = View::Absolute;
  bool optional = false;  // left out by `limits: 0`
};

struct Kind {
  std::string_view name;             // `kind:` in the twin file
  std::string_view words;            // what it is, for people
  std::span<const JudgePart> parts;  // empty: a detector of its own, see training.cpp
  bool chosen = false;               // which parts speak is chosen by a rehearsal of faults
  std::size_t window = 10;           // rows, where the twin file says nothing
  bool grows = false;                // learns again when there is a day, and a week, to learn from
};

std::span<const Kind> kinds();
/// Null when there is no such kind.
const Kind* find_kind(std::string_view name);
/// "auto, isolation_forest, … and rule", for messages.
std::string kinds_in_words();

}  // namespace gemel::inference
