#include "inference/kinds.hpp"

#include <algorithm>
#include <array>

namespace gemel::inference {
namespace {

// In the order of preference where two find the same.
constexpr std::array kAuto{JudgePart{"levels", View::Level}, JudgePart{"steps", View::Step},
                           JudgePart{"movements", View::Movement}};
constexpr std::array kForest{JudgePart{"forest"}, JudgePart{"limits", View::Absolute, true}};
constexpr std::array kComponents{JudgePart{"components"},
                                 JudgePart{"limits", View::Absolute, true}};
constexpr std::array kChanges{JudgePart{"changes", View::Change},
                              JudgePart{"unrest", View::Unrest}};
constexpr std::array kLimits{JudgePart{"limits"}};

constexpr std::array kKinds{
    Kind{"auto",
         "what stays off, goes off or became restless; chosen by faults rehearsed on the training "
         "stretch",
         kAuto, true, 10, true},
    Kind{"change_point", "moments at which levels or restlessness change, until that is usual",
         kChanges},
    Kind{"isolation_forest", "what few cuts set apart, and limits of each signal", kForest},
    Kind{"principal_components", "what breaks the way in which signals move together, and limits",
         kComponents},
    Kind{"robust_limits", "limits of each signal", kLimits},
    Kind{"half_space_trees", "what is rare in random halvings of space; goes on learning", {}},
    Kind{"discord", "windows of a signal that nothing learnt from looks like", {}},
    Kind{"subspace", "windows of a signal that its main shapes can't be made of", {}},
    Kind{"k_means", "windows of a signal far from all clusters", {}},
    Kind{"panel", "the last three and more, weighed by trials on made anomalies", {}},
    Kind{"network", "a trained network's error", {}},
    Kind{
        "residual", "what is measured against what a simulator or soft sensor says", {}, false, 60},
};

}  // namespace

std::span<const Kind> kinds() { return kKinds; }

const Kind* find_kind(std::string_view name) {
  const auto found = std::ranges::find(kKinds, name, &Kind::name);
  return found == kKinds.end() ? nullptr : &*found;
}

std::string kinds_in_words() {
  std::string words;
  for (const auto& kind : kKinds) words += std::string(kind.name) + ", ";
  words.resize(words.size() - 2);
  return words + " and rule";
}

}  // namespace gemel::inference
