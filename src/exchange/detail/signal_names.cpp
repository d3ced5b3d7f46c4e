#include "exchange/detail/signal_names.hpp"

#include "base/text.hpp"

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kRememberMax = 1'000'000;
constexpr std::size_t kUnknownMax = 1'000;
constexpr std::size_t kListedMax = 20;

}  // namespace

std::optional<SignalId> SignalNames::find(std::string_view name) {
  if (name == last_name_ && last_) return last_;
  auto known = found_.find(name);
  if (known == found_.end()) {
    const auto id = plant_.find_signal(name);
    if (found_.size() >= kRememberMax) found_.clear();
    known = found_.emplace(std::string(name), id ? std::optional(*id) : std::nullopt).first;
    if (!id && unknown_.size() < kUnknownMax) unknown_.emplace_back(name);
  }
  if (!known->second) ++unknown_count_;
  last_name_ = name;
  last_ = known->second;
  return known->second;
}

Error SignalNames::unknown_error(const std::string& file) const {
  std::vector<std::string> paths;
  for (const auto& signal : plant_.signals) paths.push_back(signal.path);
  std::string message = file + ": " + std::to_string(unknown_.size()) +
                        (unknown_.size() == kUnknownMax ? " or more" : "") +
                        " names are no signal's:";
  for (std::size_t i = 0; i < unknown_.size() && i < kListedMax; ++i)
    message += "\n  '" + unknown_[i] + "'" + text::did_you_mean(unknown_[i], paths);
  if (unknown_.size() > kListedMax) message += "\n  …";
  message +=
      "\nmap them with --map NAME=SIGNAL, add them to the twin file, or leave them out with "
      "--skip-unknown; nothing was imported";
  return {ErrorCode::NotFound, std::move(message)};
}

}  // namespace gemel::exchange::detail
