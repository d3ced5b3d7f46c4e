#include "connectors/payload/message_reader.hpp"

#include <optional>

#include <simdjson.h>

#include "base/text.hpp"
#include "connectors/payload/moment.hpp"

namespace gemel::connectors::payload {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kBytesMax = 16u << 20;
constexpr std::size_t kSamplesMax =
    1'000'000;  // of one message; nulls could ask for more than memory holds

/// "'{"ts": 17…'" for a log line.
std::string excerpt(std::string_view bytes) {
  std::string shown(bytes.substr(0, 60));
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  }
  return "'" + shown + (bytes.size() > 60 ? "…'" : "'");
}

void complain(ReadOutcome& outcome, std::string_view name, std::string_view what) {
  ++outcome.faults;
  if (outcome.trouble.empty()) outcome.trouble = "'" + std::string(name) + "' " + std::string(what);
}

ReadOutcome unreadable(std::string_view why, std::string_view bytes) {
  ReadOutcome outcome;
  outcome.readable = false;
  outcome.trouble = std::string(why) + ": " + excerpt(bytes);
  return outcome;
}

/// One object, searched from where the last key was found: messages name their keys in the order of
/// the binding more often than not, and then every key is found at the first try.
class Row {
 public:
  explicit Row(dom::element element) : element_(element) {
    if (element.get_object().get(object_) == simdjson::SUCCESS) next_ = object_.begin();
  }

  dom::element element() const { return element_; }
  bool is_object() const { return element_.is_object(); }

  std::optional<dom::element> find(std::string_view key) {
    if (!is_object()) return std::nullopt;
    const auto start = next_;
    for (auto it = start; it != object_.end(); ++it) {
      if (it.key_equals(key)) return take(it);
    }
    for (auto it = object_.begin(); it != start; ++it) {
      if (it.key_equals(key)) return take(it);
    }
    return std::nullopt;
  }

 private:
  dom::element take(dom::object::iterator it) {
    next_ = it;
    ++next_;
    return it.value();
  }

  dom::element element_;
  dom::object object_;
  dom::object::iterator next_;
};

enum class Finding { Absent, WrongType, Found };

struct Found {
  Finding finding = Finding::Absent;
  dom::element element = {};
};

/// One step down from `from`. null stays null, however far down the path goes.
Found step_down(dom::element from, const Step& step) {
  if (from.is_null()) return {Finding::Found, from};
  dom::element to;
  simdjson::error_code error = simdjson::INCORRECT_TYPE;
  if (const auto* key = std::get_if<std::string>(&step)) {
    dom::object object;
    if (from.get_object().get(object) == simdjson::SUCCESS) error = object.at_key(*key).get(to);
  } else {
    dom::array array;
    if (from.get_array().get(array) == simdjson::SUCCESS)
      error = array.at(std::get<std::uint32_t>(step)).get(to);
  }
  if (error == simdjson::SUCCESS) return {Finding::Found, to};
  return {error == simdjson::INCORRECT_TYPE ? Finding::WrongType : Finding::Absent};
}

/// Follows `path` from its step `first`.
Found follow(Row& row, const JsonPath& path, std::size_t first) {
  Found found{Finding::Found, row.element()};
  auto next = first;
  if (next < path.steps.size() && row.is_object()) {
    const auto* key = std::get_if<std::string>(&path.steps[next]);
    if (key == nullptr) return {Finding::WrongType};
    const auto element = row.find(*key);
    if (!element) return {Finding::Absent};
    found.element = *element;
    ++next;
  }
  for (; next < path.steps.size() && found.finding == Finding::Found; ++next) {
    found = step_down(found.element, path.steps[next]);
  }
  return found;
}

std::optional<Timestamp> moment_of_element(dom::element element) {
  switch (element.type()) {
    case dom::element_type::INT64:
      return moment_of(static_cast<std::int64_t>(element.get_int64().value_unsafe()));
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return moment_of(element.get_double().value_unsafe());
    case dom::element_type::STRING:
      return moment_of(element.get_string().value_unsafe());
    default:
      return std::nullopt;
  }
}

std::optional<double> value_of_element(const Field& field, dom::element element) {
  switch (element.type()) {
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
      return element.get_double().value_unsafe();
    case dom::element_type::BOOL:
      return element.get_bool().value_unsafe() ? 1.0 : 0.0;
    case dom::element_type::STRING:
      return value_of(field, element.get_string().value_unsafe());
    default:
      return std::nullopt;
  }
}

/// The time of a row, and whether it is the row's own word.
struct RowTime {
  Timestamp time;
  bool told = true;
};

class Decoding {
 public:
  Decoding(const MessageLayout& layout, Timestamp arrival, std::vector<Sample>& samples)
      : layout_(layout), arrival_(arrival), samples_(samples) {}

  ReadOutcome run(dom::element root) {
    const auto before = samples_.size();
    std::size_t depth = 0;
    const auto at = find_rows(root, depth);
    dom::array rows;
    if (is_row_array(at, depth) && at.get_array().get(rows) == simdjson::SUCCESS) {
      const auto shared_time = time_outside(root, depth);
      read_rows(rows, depth, shared_time, before + kSamplesMax);
    } else {
      read_row(root, 0, std::nullopt);
    }
    outcome_.samples = static_cast<std::uint32_t>(samples_.size() - before);
    return std::move(outcome_);
  }

 private:
  /// Goes down the keys that all places share until it meets an array that they don't index.
  dom::element find_rows(dom::element root, std::size_t& depth) const {
    const auto& steps = layout_.places.front().path.steps;
    auto at = root;
    while (depth < layout_.shared_steps && !is_row_array(at, depth)) {
      const auto down = step_down(at, steps[depth]);
      if (down.finding != Finding::Found) break;
      at = down.element;
      ++depth;
    }
    return at;
  }

  /// An array in which every place goes on with a key can only be an array of rows.
  bool is_row_array(dom::element at, std::size_t depth) const {
    if (!at.is_array()) return false;
    for (const auto& place : layout_.places) {
      const auto& steps = place.path.steps;
      if (depth >= steps.size() || !std::holds_alternative<std::string>(steps[depth])) return false;
    }
    return true;
  }

  /// True when the time lies in the rows at `depth`, as the fields do.
  bool time_in_rows(std::size_t depth) const {
    const auto& time = layout_.time->steps;
    const auto& place = layout_.places.front().path.steps;
    return time.size() > depth &&
           std::equal(time.begin(), time.begin() + static_cast<std::ptrdiff_t>(depth),
                      place.begin());
  }

  std::optional<RowTime> time_outside(dom::element root, std::size_t depth) {
    if (!layout_.time || time_in_rows(depth)) return std::nullopt;
    Row whole(root);
    return time_of(whole, 0);
  }

  RowTime time_of(Row& row, std::size_t depth) {
    if (!layout_.time) return {arrival_};
    const auto found = follow(row, *layout_.time, depth);
    if (found.finding == Finding::Found) {
      if (const auto moment = moment_of_element(found.element)) return {*moment};
    }
    complain(outcome_, "time",
             found.finding == Finding::Absent ? "is absent; the time of arrival was taken"
                                              : "is no time; the time of arrival was taken");
    return {arrival_, false};
  }

  void read_rows(dom::array rows, std::size_t depth, std::optional<RowTime> shared_time,
                 std::size_t full) {
    for (const auto row : rows) {
      if (samples_.size() >= full)
        return complain(outcome_, "rows", "make over a million samples; the rest was left out");
      if (row.is_object()) {
        read_row(row, depth, shared_time);
      } else {
        complain(outcome_, "row", "is no object");
      }
    }
  }

  void read_row(dom::element element, std::size_t depth, std::optional<RowTime> shared_time) {
    Row row(element);
    ++outcome_.rows;
    const auto first = samples_.size();
    const auto time = shared_time ? *shared_time : time_of(row, depth);
    for (const auto& place : layout_.places) read_place(row, place, depth, time.time);
    if (!time.told) {
      for (auto i = first; i < samples_.size(); ++i)
        samples_[i].quality.mark(Cause::SensorFault, Grade::Uncertain);
    }
  }

  void read_place(Row& row, const MessageLayout::Place& place, std::size_t depth, Timestamp time) {
    const auto found = follow(row, place.path, depth);
    if (found.finding == Finding::Absent) return;
    if (found.finding == Finding::Found && found.element.is_null()) {
      samples_.push_back(fault_of(place.field, time));
      return;
    }
    const auto value = found.finding == Finding::Found
                           ? value_of_element(place.field, found.element)
                           : std::nullopt;
    samples_.push_back(value ? sample_of(place.field, time, *value) : fault_of(place.field, time));
    if (!value) complain(outcome_, place.field.name, "holds no number");
  }

  const MessageLayout& layout_;
  const Timestamp arrival_;
  std::vector<Sample>& samples_;
  ReadOutcome outcome_;
};

ReadOutcome read_plain(const std::vector<Field>& fields, std::string_view bytes, Timestamp arrival,
                       std::vector<Sample>& samples) {
  ReadOutcome outcome;
  outcome.rows = 1;
  const auto text = text::trim(bytes);
  for (const auto& field : fields) {
    const auto value = value_of(field, text);
    samples.push_back(value ? sample_of(field, arrival, *value) : fault_of(field, arrival));
    ++outcome.samples;
    if (!value && text != "null") {
      ++outcome.faults;
      outcome.trouble = "no number: " + excerpt(bytes);
    }
  }
  return outcome;
}

}  // namespace

struct MessageReader::Parser {
  dom::parser dom;
};

MessageReader::MessageReader() : parser_(std::make_unique<Parser>()) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&&) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&&) noexcept = default;

ReadOutcome MessageReader::read(const MessageLayout& layout, std::string_view bytes,
                                Timestamp arrival, std::vector<Sample>& samples) {
  if (bytes.size() > kBytesMax) return unreadable("longer than 16 MiB", bytes);
  if (layout.places.empty()) return read_plain(layout.plain, bytes, arrival, samples);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.empty()) return unreadable("an empty message", bytes);
  dom::element root;
  // The parser keeps its padded copy of the bytes from message to message.
  if (const auto error = parser_->dom.parse(bytes.data(), bytes.size(), true).get(root)) {
    return unreadable(std::string("not JSON (") + simdjson::error_message(error) + ")", bytes);
  }
  return Decoding(layout, arrival, samples).run(root);
}

}  // namespace gemel::connectors::payload
