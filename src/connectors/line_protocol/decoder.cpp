#include "connectors/line_protocol/decoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "connectors/line_protocol/detail/numbers.hpp"
#include "connectors/line_protocol/detail/point.hpp"
#include "connectors/line_protocol/detail/series_bindings.hpp"
#include "connectors/line_protocol/detail/shape_memory.hpp"

namespace gemel::connectors::line_protocol {
namespace {

constexpr std::size_t kTroublesTold = 3;
constexpr std::size_t kStrangersTold = 5;
constexpr std::size_t kStrangerShown = 200;

/// `ticks` of a unit since 1970; nothing when no Timestamp holds it. The ends of the scale mean
/// "never" elsewhere and are no times.
std::optional<Timestamp> moment_of(std::int64_t ticks, Duration unit) {
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(ticks, unit.ns, &ns)) return std::nullopt;
  const Timestamp time{ns};
  if (time == Timestamp::min() || time == Timestamp::max()) return std::nullopt;
  return time;
}

/// `time` without what is finer than `unit`.
Timestamp in_whole(Timestamp time, Duration unit) { return {time.ns - time.ns % unit.ns}; }

std::optional<double> number_of(const payload::Field& field, const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return payload::value_of(field, *text);
  return std::visit(
      [](const auto& v) -> double {
        if constexpr (std::is_arithmetic_v<std::decay_t<decltype(v)>>)
          return static_cast<double>(v);
        else
          return 0.0;
      },
      value);
}

}  // namespace

struct Decoder::Memory {
  explicit Memory(SeriesBindings compiled) : bindings(std::move(compiled)), shapes(bindings) {}
  SeriesBindings bindings;
  ShapeMemory shapes;
  Point point;
};

/// One pass over a body.
class Decoder::Reading {
 public:
  Reading(Memory& memory, std::string_view body, std::size_t at, Duration unit, Timestamp arrival,
          std::vector<Sample>& samples, DecodeOutcome& outcome)
      : memory_(memory),
        p_(body.data() + at),
        begin_(body.data()),
        end_(body.data() + body.size()),
        unit_(unit),
        arrival_(in_whole(arrival, unit)),
        samples_(samples),
        outcome_(outcome) {
    // Before the last line's end, a loop over digits always meets a byte that is none.
    const auto last = body.rfind('\n');
    plain_end_ = last == std::string_view::npos ? begin_ : begin_ + last + 1;
  }

  const char* run(std::size_t full) {
    while (samples_.size() < full) {
      if (p_ < plain_end_ && read_plain()) continue;
      if (!skip_to_point(p_, end_)) break;
      read_any();
    }
    return p_;
  }

 private:
  /// A line that looks like one before it, with plain numbers. False, and nothing has happened, for
  /// any other.
  bool read_plain() {
    Shape* shape = expected();
    if (shape == nullptr && (shape = recognised()) == nullptr) return false;
    // Two lines ahead: one is read faster than memory answers.
    if (shape->next != nullptr && shape->next->next != nullptr) shape->next->next->fetch();
    const auto before = samples_.size();
    const char* at = p_;
    if (!plain_values(*shape, at, before)) {
      samples_.resize(before);
      return false;
    }
    p_ = at;
    follow(shape);
    ++outcome_.lines;
    outcome_.unbound += !shape->bound();
    return true;
  }

  /// The shape that came next last time or the time before, if its head stands here; or the one
  /// after it, when a line is left out this time.
  Shape* expected() const {
    if (previous_ == nullptr || previous_->next == nullptr) return nullptr;
    for (auto* shape : {previous_->next, previous_->next->next, previous_->former_next}) {
      if (shape != nullptr && stands_here(shape->head())) return shape;
    }
    return nullptr;
  }

  bool stands_here(std::string_view head) const {
    const auto left = static_cast<std::size_t>(plain_end_ - p_);
    return left > head.size() && std::memcmp(p_, head.data(), head.size()) == 0;
  }

  /// By the head that stands here. It ends at the first '=' after the first blank; with backslashes
  /// before these it may not be so, and the complete way is taken.
  Shape* recognised() const {
    if (*p_ == '\n' || *p_ == ' ') return nullptr;
    const auto within =
        std::min<std::size_t>(static_cast<std::size_t>(plain_end_ - p_), ShapeMemory::kPatternMax);
    const char* blank = find(p_, ' ', p_ + within);
    if (blank == nullptr || blank[-1] == '\\') return nullptr;
    const char* equals = find(blank, '=', p_ + within);
    if (equals == nullptr || equals[-1] == '\\') return nullptr;
    return memory_.shapes.find({p_, static_cast<std::size_t>(equals + 1 - p_)});
  }

  static const char* find(const char* from, char c, const char* until) {
    return static_cast<const char*>(std::memchr(from, c, static_cast<std::size_t>(until - from)));
  }

  /// The head has been compared already.
  bool plain_values(const Shape& shape, const char*& at, std::size_t before) {
    const char* lead = shape.pattern().data();
    const Target* target = shape.targets().data();
    for (const auto& slot : shape.slots()) {
      const bool is_head = lead == shape.pattern().data();
      if (!is_head && (static_cast<std::size_t>(plain_end_ - at) <= slot.lead ||
                       std::memcmp(at, lead, slot.lead) != 0)) {
        return false;
      }
      at += slot.lead;
      lead += slot.lead;
      double found = 0;
      if (!plain_number(at, found)) return false;
      for (const auto* last = target + slot.targets; target != last; ++target) {
        const double value = target->scale * found + target->offset;
        if (!std::isfinite(value)) return false;
        samples_.emplace_back(target->signal, Quality{}, arrival_, value);
      }
    }
    return plain_time(at, before);
  }

  static bool plain_number(const char*& at, double& found) {
    const char* start = at;
    if (!read_decimal(at, found)) return false;
    if (*at == ',' || *at == ' ' || *at == '\n') return true;
    if (*at != 'i') return false;
    // An integer: digits only, as the slow way would insist.
    if (std::memchr(start, '.', static_cast<std::size_t>(at - start)) != nullptr) return false;
    ++at;
    return true;
  }

  bool plain_time(const char*& at, std::size_t before) {
    if (*at == ' ') {
      ++at;
      std::int64_t ticks = 0;
      if (!read_whole(at, plain_end_, ticks)) return false;
      const auto time = moment_of(ticks, unit_);
      if (!time) return false;
      for (auto i = before; i < samples_.size(); ++i) samples_[i].source_time = *time;
    }
    at += *at == '\r';
    if (*at != '\n') return false;
    ++at;
    return true;
  }

  /// Any other line, by the whole grammar.
  void read_any() {
    ++outcome_.lines;
    const char* start = p_;
    auto& point = memory_.point;
    if (const auto mistake = read_point(p_, end_, point)) return drop(mistake->at, mistake->what);
    auto time = arrival_;
    if (point.time) {
      const auto told = moment_of(*point.time, unit_);
      if (!told) {
        return drop(start, "the time " + std::to_string(*point.time) +
                               " lies outside of 1677 to 2262; is the precision right?");
      }
      time = *told;
    }
    take(point, time);
  }

  void take(const Point& point, Timestamp time) {
    bool is_new = false;
    const auto generation = memory_.shapes.generation();
    Shape& shape = memory_.shapes.learn(point, is_new);
    if (generation != memory_.shapes.generation()) previous_ = nullptr;
    const Target* target = shape.targets().data();
    for (std::size_t i = 0; i < point.fields.size(); ++i) {
      for (const auto* last = target + shape.slots()[i].targets; target != last; ++target) {
        const auto number = number_of(*target->field, point.fields[i].value);
        outcome_.faults += !number;
        samples_.push_back(number ? payload::sample_of(*target->field, time, *number)
                                  : payload::fault_of(*target->field, time));
      }
    }
    if (!shape.bound()) {
      ++outcome_.unbound;
      if (is_new) tell_stranger(point.series);
    }
    follow(&shape);
  }

  void tell_stranger(std::string_view series) {
    auto& told = outcome_.strangers;
    series = series.substr(0, kStrangerShown);
    if (told.size() < kStrangersTold && std::find(told.begin(), told.end(), series) == told.end())
      told.emplace_back(series);
  }

  void follow(Shape* shape) {
    if (!shape->remembered()) shape = nullptr;
    if (previous_ != nullptr) previous_->expect(shape);
    previous_ = shape;
  }

  void drop(const char* where, const std::string& what) {
    if (++outcome_.dropped > kTroublesTold) return;
    const auto line = line_of(where);
    if (outcome_.trouble_line == 0) outcome_.trouble_line = line;
    if (!outcome_.trouble.empty()) outcome_.trouble += "; ";
    outcome_.trouble += "line " + std::to_string(line) + ", column " +
                        std::to_string(column_of(where)) + ": " + what;
  }

  // Lines are counted only where somebody is told of them.
  std::uint64_t line_of(const char* where) const {
    return 1 + static_cast<std::uint64_t>(std::count(begin_, where, '\n'));
  }
  std::size_t column_of(const char* where) const {
    const char* start = where;
    while (start != begin_ && start[-1] != '\n') --start;
    return static_cast<std::size_t>(where - start) + 1;
  }

  Memory& memory_;
  const char* p_;
  const char* const begin_;
  const char* const end_;
  const char* plain_end_;
  const Duration unit_;
  const Timestamp arrival_;
  std::vector<Sample>& samples_;
  DecodeOutcome& outcome_;
  Shape* previous_ = nullptr;
};

Decoder::Decoder(std::unique_ptr<Memory> memory) : memory_(std::move(memory)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::make(const Plant& plant, std::uint32_t source) {
  GEMEL_ASSIGN(auto bindings, SeriesBindings::compile(plant, source));
  return Decoder(std::make_unique<Memory>(std::move(bindings)));
}

void Decoder::decode(std::string_view body, std::size_t& at, Duration time_unit, Timestamp arrival,
                     std::size_t at_most, std::vector<Sample>& samples, DecodeOutcome& outcome) {
  Reading reading(*memory_, body, at, time_unit, arrival, samples, outcome);
  const char* stopped = reading.run(samples.size() + at_most);
  at = static_cast<std::size_t>(stopped - body.data());
}

}  // namespace gemel::connectors::line_protocol
