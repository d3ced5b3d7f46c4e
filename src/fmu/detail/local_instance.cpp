#include "fmu/detail/local_instance.hpp"

#include <array>
#include <string_view>

namespace gemel::fmu::detail {
namespace {

constexpr std::size_t kMessagesMax = 200;
constexpr std::size_t kMessageBytesMax = 4096;
constexpr std::size_t kReasonBytesMax = 1000;

}  // namespace

LocalInstance::LocalInstance(std::shared_ptr<const Fmu> fmu, InstanceOptions options)
    : Instance(fmu->description(), std::move(options)), fmu_(std::move(fmu)) {}

LocalInstance::~LocalInstance() = default;

void LocalInstance::log(int status, const char* category, std::string text) {
  if (text.size() > kMessageBytesMax) text.resize(kMessageBytesMax);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (status >= 1 && reasons_.size() < kReasonBytesMax)
    reasons_ += (reasons_.empty() ? "" : "; ") + text;
  if (log_.size() >= kMessagesMax) log_.pop_front();
  log_.push_back({status, category ? category : "", std::move(text)});
}

std::vector<LogMessage> LocalInstance::take_log() {
  std::vector<LogMessage> taken(std::make_move_iterator(log_.begin()),
                                std::make_move_iterator(log_.end()));
  log_.clear();
  return taken;
}

Error LocalInstance::refusal(int status, const char* function) {
  static constexpr std::array<std::string_view, 6> kStatus{"OK",    "warning", "discard",
                                                           "error", "fatal",   "pending"};
  dead_ = dead_ || status == 4;
  const auto word = status >= 0 && status < 6
                        ? std::string(kStatus[static_cast<std::size_t>(status)])
                        : "status " + std::to_string(status);
  Error error{ErrorCode::Unavailable,
              "the FMU " + description().model_name + " says " + word + " in " + function +
                  (reasons_.empty() ? "; it gave no reason" : ": " + reasons_)};
  reasons_.clear();
  return error;
}

Error LocalInstance::missing(const char* function) const {
  return {ErrorCode::Unsupported, "the FMU " + description().model_name + " has no function " +
                                      function + " in its " +
                                      std::string(to_string(options().kind)) + " library"};
}

}  // namespace gemel::fmu::detail
