#include "core/event.hpp"

#include <array>

namespace gemel {

std::string_view to_string(Priority priority) {
  static constexpr std::array<std::string_view, 4> kNames{"low", "medium", "high", "critical"};
  return kNames[static_cast<std::size_t>(priority)];
}

std::string_view to_string(Verdict verdict) {
  static constexpr std::array<std::string_view, 4> kNames{"approved", "rejected", "expired",
                                                          "withdrawn"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string_view to_string(Admission admission) {
  static constexpr std::array<std::string_view, 3> kNames{"admitted", "reduced", "refused"};
  return kNames[static_cast<std::size_t>(admission)];
}

std::string_view to_string(CommandResult result) {
  static constexpr std::array<std::string_view, 4> kNames{"confirmed", "not confirmed",
                                                          "refused by plant", "not sent"};
  return kNames[static_cast<std::size_t>(result)];
}

std::string_view to_string(Truth truth) {
  static constexpr std::array<std::string_view, 3> kNames{"real", "false", "unknown"};
  return kNames[static_cast<std::size_t>(truth)];
}

std::string_view to_string(Drift drift) {
  static constexpr std::array<std::string_view, 3> kNames{"inputs", "residual", "coverage"};
  return kNames[static_cast<std::size_t>(drift)];
}

std::string_view kind_of(const EventBody& body) {
  static constexpr std::array<std::string_view, 16> kNames{"AlarmRaised",
                                                           "AlarmUpdated",
                                                           "AlarmAcknowledged",
                                                           "AlarmShelved",
                                                           "AlarmUnshelved",
                                                           "AlarmCleared",
                                                           "RecommendationMade",
                                                           "RecommendationDecided",
                                                           "RecommendationMeasured",
                                                           "CommandJudged",
                                                           "CommandEnded",
                                                           "Trained",
                                                           "Notice",
                                                           "AlarmLabelled",
                                                           "DriftFound",
                                                           "RetrainAsked"};
  static_assert(kNames.size() == std::variant_size_v<EventBody>);
  return kNames[body.index()];
}

}  // namespace gemel
