#include "networks/network_card.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace gemel::networks {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "gemel network card";
constexpr int kVersion = 1;
constexpr std::size_t kCardBytesMax = 1U << 20U;
constexpr std::size_t kSignalsMax = 4096, kRowsMax = 4096;
constexpr std::array<std::string_view, 3> kAnswers{"reconstruction", "forecast", "score"};

Error nonsense(const std::string& what) { return {ErrorCode::InvalidInput, what}; }

/// Shown in messages: not more of it than a line.
std::string shown(const Json& value) {
  auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

/// The fields of one object, each asked for by name and kind.
class Fields {
 public:
  Fields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  Result<std::string> text(const char* name, std::optional<std::string> otherwise = {}) {
    const Json* found = find(name);
    if (found == nullptr && otherwise) return *otherwise;
    if (found == nullptr || !found->is_string()) return wrong(name, found, "a text");
    return found->get<std::string>();
  }
  Result<double> number(const char* name, double low, double high,
                        std::optional<double> otherwise = {}) {
    const Json* found = find(name);
    if (found == nullptr && otherwise) return *otherwise;
    const std::string wanted = "a number from " + text::number(low) + " to " + text::number(high);
    if (found == nullptr || !found->is_number()) return wrong(name, found, wanted);
    const auto value = found->get<double>();
    if (!(value >= low && value <= high)) return wrong(name, found, wanted);
    return value;
  }
  Result<std::size_t> whole(const char* name, std::size_t low, std::size_t high) {
    const Json* found = find(name);
    const std::string wanted =
        "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
    if (found == nullptr || !found->is_number_unsigned()) return wrong(name, found, wanted);
    const auto value = found->get<std::uint64_t>();
    if (value < low || value > high) return wrong(name, found, wanted);
    return static_cast<std::size_t>(value);
  }
  const Json* find(const char* name) {
    known_.emplace_back(name);
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  /// A name that was never asked for is a slip of the pen.
  Result<void> refuse_others() const {
    for (const auto& [name, value] : object_.items()) {
      if (std::ranges::find(known_, name) == known_.end())
        return nonsense(where_ + "'" + name + "' has no meaning" +
                        text::did_you_mean(name, known_));
    }
    return {};
  }
  Error wrong(const char* name, const Json* found, const std::string& wanted) const {
    return nonsense(where_ + "'" + name + "' must be " + wanted + ", and is " +
                    (found == nullptr ? "missing" : shown(*found)));
  }

 private:
  const Json& object_;
  std::string where_;
  std::vector<std::string> known_;
};

Result<CardInput> read_input(const Json& given, std::size_t i) {
  const std::string where = "inputs[" + std::to_string(i) + "]: ";
  if (!given.is_object()) return nonsense(where + "must be an object, and is " + shown(given));
  Fields fields(given, where);
  CardInput input;
  GEMEL_ASSIGN(input.signal, fields.text("signal"));
  GEMEL_ASSIGN(input.unit, fields.text("unit", ""));
  GEMEL_ASSIGN(input.offset, fields.number("offset", -1e300, 1e300, 0.0));
  GEMEL_ASSIGN(input.scale, fields.number("scale", 1e-300, 1e300, 1.0));
  GEMEL_TRY(fields.refuse_others());
  return input;
}

Result<void> read_inputs(Fields& fields, NetworkCard& card) {
  const Json* inputs = fields.find("inputs");
  if (inputs == nullptr || !inputs->is_array() || inputs->empty() || inputs->size() > kSignalsMax)
    return fields.wrong("inputs", inputs, "a list of 1 to 4096 signals");
  for (std::size_t i = 0; i < inputs->size(); ++i) {
    GEMEL_ASSIGN(auto input, read_input((*inputs)[i], i));
    card.inputs.push_back(std::move(input));
  }
  return {};
}

Result<void> read_answer(Fields& fields, NetworkCard& card) {
  GEMEL_ASSIGN(const auto answer, fields.text("answer"));
  const auto known = std::ranges::find(kAnswers, answer);
  if (known == kAnswers.end()) {
    const Json given = answer;
    return fields.wrong("answer", &given, "reconstruction, forecast or score");
  }
  card.answer = static_cast<Answer>(known - kAnswers.begin());
  if (card.answer == Answer::Forecast) {
    GEMEL_ASSIGN(card.horizon, fields.whole("horizon", 1, kRowsMax));
  }
  if (const Json* each = fields.find("score_each")) {
    if (!each->is_boolean() || card.answer != Answer::Score)
      return fields.wrong("score_each", each, "true or false, of an answer that is a score");
    card.score_each = each->get<bool>();
  }
  return {};
}

Result<void> read_server(Fields& fields, NetworkCard& card) {
  const Json* server = fields.find("server");
  if (server == nullptr) return {};
  if (!server->is_object()) return fields.wrong("server", server, "an object");
  Fields inner(*server, "server: ");
  CardServer read;
  GEMEL_ASSIGN(read.url, inner.text("url"));
  if (!read.url.starts_with("http://"))
    return nonsense("server: 'url' must begin with http://, and is '" + read.url + "'");
  GEMEL_ASSIGN(read.model, inner.text("model"));
  GEMEL_ASSIGN(const auto deadline_ms, inner.number("deadline_ms", 1, 60'000, 200));
  read.deadline = Duration::from_seconds(deadline_ms * 1e-3);
  GEMEL_TRY(inner.refuse_others());
  card.server = std::move(read);
  return {};
}

Result<void> read_file(Fields& fields, NetworkCard& card) {
  GEMEL_ASSIGN(card.network, fields.text("network", ""));
  GEMEL_ASSIGN(card.sha256, fields.text("sha256", ""));
  if (card.network.empty() == !card.server.has_value())
    return nonsense("a card names a 'network', which is a file, or a 'server', and not both");
  if (!card.sha256.empty() &&
      (card.sha256.size() != 64 ||
       card.sha256.find_first_not_of("0123456789abcdef") != std::string::npos))
    return nonsense("'sha256' must be 64 lower-case hexadecimal digits, as sha256sum prints them");
  return {};
}

Result<void> check_version(Fields& fields) {
  GEMEL_ASSIGN(const auto format, fields.text("format"));
  if (format != kFormat)
    return {ErrorCode::Corruption, "'format' is '" + format + "' and not '" + std::string(kFormat) +
                                       "': this is no network's card"};
  GEMEL_ASSIGN(const auto version, fields.whole("version", 1, 1'000'000));
  if (version > kVersion)
    return {ErrorCode::Corruption, "'version' is " + std::to_string(version) +
                                       ", written by a later Gemel; this one reads 1"};
  return {};
}

}  // namespace

Shape NetworkCard::output_shape() const {
  if (answer == Answer::Reconstruction) return input_shape();
  if (answer == Answer::Forecast) return {1, horizon, inputs.size()};
  return {1, score_each ? inputs.size() : 1};
}

Result<NetworkCard> parse_card(std::string_view json) {
  if (json.size() > kCardBytesMax)
    return Error{ErrorCode::Corruption, "a card of more than a megabyte is none"};
  const auto parsed = Json::parse(json, nullptr, false);
  if (!parsed.is_object()) return Error{ErrorCode::Corruption, "this is no JSON object"};
  Fields fields(parsed, "");
  NetworkCard card;
  GEMEL_TRY(check_version(fields));
  GEMEL_ASSIGN(card.name, fields.text("name", ""));
  GEMEL_TRY(read_server(fields, card));
  GEMEL_TRY(read_file(fields, card));
  GEMEL_TRY(read_inputs(fields, card));
  GEMEL_ASSIGN(card.rows, fields.whole("rows", 1, kRowsMax));
  GEMEL_ASSIGN(const auto period_s, fields.number("period_s", 0, 1e6, 0));
  card.period = Duration::from_seconds(period_s);
  GEMEL_TRY(read_answer(fields, card));
  if (const Json* trained = fields.find("trained")) {
    if (!trained->is_object()) return fields.wrong("trained", trained, "an object");
    card.trained = trained->dump(-1, ' ', true, Json::error_handler_t::replace);
  }
  GEMEL_TRY(fields.refuse_others());
  return card;
}

std::string to_json(const NetworkCard& card) {
  Json out;
  out["format"] = kFormat;
  out["version"] = kVersion;
  if (!card.name.empty()) out["name"] = card.name;
  if (!card.network.empty()) out["network"] = card.network;
  if (!card.sha256.empty()) out["sha256"] = card.sha256;
  if (card.server)
    out["server"] = {{"url", card.server->url},
                     {"model", card.server->model},
                     {"deadline_ms", card.server->deadline.in_seconds() * 1e3}};
  out["inputs"] = Json::array();
  for (const auto& input : card.inputs) {
    Json one{{"signal", input.signal}};
    if (!input.unit.empty()) one["unit"] = input.unit;
    one["offset"] = input.offset;
    one["scale"] = input.scale;
    out["inputs"].push_back(std::move(one));
  }
  out["rows"] = card.rows;
  if (card.period > Duration{}) out["period_s"] = card.period.in_seconds();
  out["answer"] = kAnswers[static_cast<std::size_t>(card.answer)];
  if (card.answer == Answer::Forecast) out["horizon"] = card.horizon;
  if (card.score_each) out["score_each"] = true;
  if (const auto trained = Json::parse(card.trained, nullptr, false);
      trained.is_object() && !trained.empty())
    out["trained"] = trained;
  return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace gemel::networks
