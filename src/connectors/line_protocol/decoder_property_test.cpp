// The decoder against a reader that is written for plainness alone, on bodies that are made at
// random of well-formed, escaped, damaged and repeated lines.

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "connectors/line_protocol/decoder.hpp"

namespace gemel::connectors::line_protocol {
namespace {

constexpr Timestamp kArrival{1'700'000'000'000'000'000};

// --- the plain reader
// ------------------------------------------------------------------------------------------------

struct PlainLine {
  std::string measurement;
  std::map<std::string, std::string> tags;
  std::vector<std::pair<std::string, double>> fields;  // texts are NaN
  std::optional<std::int64_t> time;
};

class PlainReader {
 public:
  explicit PlainReader(const std::string& body) : body_(body) {}

  /// Reads all lines; a wrong one is nothing.
  std::vector<std::optional<PlainLine>> read() {
    std::vector<std::optional<PlainLine>> lines;
    while (i_ < body_.size()) {
      while (peek() == ' ') ++i_;
      if (peek() == '#') {
        while (i_ < body_.size() && peek() != '\n') ++i_;
      } else if (peek() == '\n') {
        ++i_;
      } else if (i_ < body_.size()) {
        lines.push_back(line());
        if (!lines.back()) {
          while (i_ < body_.size() && body_[i_] != '\n') ++i_;
          ++i_;
        }
      }
    }
    return lines;
  }

 private:
  char peek() const { return i_ < body_.size() ? body_[i_] : '\0'; }

  /// Up to one of `ends`, which a backslash makes ordinary.
  std::string name(const std::string& ends) {
    std::string out;
    for (; i_ < body_.size(); ++i_) {
      const char c = body_[i_];
      const bool escapes = c == '\\' && i_ + 1 < body_.size() &&
                           ends.find(body_[i_ + 1]) != std::string::npos && body_[i_ + 1] != '\n';
      if (escapes) {
        out += body_[++i_];
      } else if (c == '\n' || ends.find(c) != std::string::npos) {
        break;
      } else {
        out += c;
      }
    }
    return out;
  }

  std::optional<PlainLine> line() {
    PlainLine out;
    out.measurement = name(", ");
    if (out.measurement.empty()) return std::nullopt;
    while (peek() == ',') {
      ++i_;
      const auto key = name(",= ");
      if (key.empty() || peek() != '=') return std::nullopt;
      ++i_;
      const auto value = name(",= ");
      if (value.empty() || !out.tags.emplace(key, value).second) return std::nullopt;
    }
    if (peek() != ' ') return std::nullopt;
    while (peek() == ' ') ++i_;
    do {
      if (!out.fields.empty()) ++i_;
      const auto key = name(",= ");
      if (key.empty() || peek() != '=') return std::nullopt;
      ++i_;
      const auto found = value();
      if (!found) return std::nullopt;
      out.fields.emplace_back(key, *found);
    } while (peek() == ',');
    if (i_ < body_.size() && peek() != ' ' && peek() != '\n') return std::nullopt;
    while (peek() == ' ') ++i_;
    if (i_ < body_.size() && peek() != '\n') {
      const auto word = until(" \n");
      char* end = nullptr;
      errno = 0;
      out.time = std::strtoll(word.c_str(), &end, 10);
      if (errno != 0 || *end != '\0' || word[0] == '+') return std::nullopt;
      while (peek() == ' ') ++i_;
      if (i_ < body_.size() && peek() != '\n') return std::nullopt;
    }
    ++i_;
    return out;
  }

  std::string until(const std::string& ends) {
    std::string out;
    while (i_ < body_.size() && ends.find(body_[i_]) == std::string::npos) out += body_[i_++];
    return out;
  }

  std::optional<double> value() {
    if (peek() == '"') {
      for (++i_; i_ < body_.size() && body_[i_] != '"'; ++i_) {
        const char next = i_ + 1 < body_.size() ? body_[i_ + 1] : '\0';
        if (body_[i_] == '\\' && (next == '"' || next == '\\')) ++i_;
      }
      if (i_ >= body_.size()) return std::nullopt;
      ++i_;
      return std::nan("");
    }
    const auto start = i_;
    auto word = until(", \n");
    const auto found = number(word);
    if (!found) i_ = start;
    return found;
  }

  static std::optional<double> number(std::string word) {
    for (const auto* yes : {"t", "T", "true", "True", "TRUE"})
      if (word == yes) return 1.0;
    for (const auto* no : {"f", "F", "false", "False", "FALSE"})
      if (word == no) return 0.0;
    const bool whole = !word.empty() && (word.back() == 'i' || word.back() == 'u');
    const bool natural = whole && word.back() == 'u';
    if (whole) word.pop_back();
    if (word.empty() || word[0] == '+' ||
        word.find_first_not_of(whole ? "-0123456789" : "-+.eE0123456789") != std::string::npos ||
        (natural && word[0] == '-')) {
      return std::nullopt;
    }
    char* end = nullptr;
    errno = 0;
    double found = std::strtod(word.c_str(), &end);
    if (*end != '\0' || !std::isfinite(found)) return std::nullopt;
    if (whole) {
      errno = 0;
      found = natural ? static_cast<double>(std::strtoull(word.c_str(), &end, 10))
                      : static_cast<double>(std::strtoll(word.c_str(), &end, 10));
      if (errno != 0) return std::nullopt;
    }
    return found;
  }

  const std::string& body_;
  std::size_t i_ = 0;
};

// --- bodies at random
// ------------------------------------------------------------------------------------------------

class BodyMaker {
 public:
  explicit BodyMaker(std::uint64_t seed) : random_(seed) {}

  std::string make() {
    std::string body;
    const auto lines = below(12);
    for (std::size_t n = 0; n < lines; ++n) {
      auto next = chance(3) && !last_.empty() ? last_ : line();
      last_ = next;
      if (chance(6)) damage(next);
      body += next;
      if (n + 1 < lines || chance(2)) body += '\n';
    }
    return body;
  }

 private:
  std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  bool chance(std::size_t one_in) { return below(one_in) == 0; }
  std::string pick(std::initializer_list<const char*> from) {
    return *(from.begin() + below(from.size()));
  }

  std::string line() {
    auto out = pick({"pump", "pump", "va\\ lve", "c\\,pu", "#not", "  pump", "# comment"});
    for (auto tags = below(3); tags > 0; --tags)
      out += "," + pick({"asset", "host", "a\\=b"}) + "=" + pick({"p1", "p2", "x\\ y", "\\,"});
    out += pick({" ", " ", " ", "   ", "", "\\ "});
    for (auto fields = 1 + below(3); fields > 0; --fields) {
      out += pick({"flow", "p", "po\\ s", "other"}) + "=" + value();
      if (fields > 1) out += ',';
    }
    if (!chance(4)) out += pick({" ", " ", "  "}) + time();
    if (chance(8)) out += "  ";
    return out;
  }

  std::string value() {
    switch (below(7)) {
      case 0:
        return pick({"t", "FALSE", "True", "nan", "\"a b\"", "\"a\\\"=, \n\"", "\"", "", "1.5i"});
      case 1:
        return digits(1 + below(20)) + pick({"i", "u", ""});
      case 2:
        return "-" + digits(1 + below(20)) + pick({"i", "u", ""});
      case 3:
        return digits(1 + below(3)) + "e" + pick({"", "-", "+"}) + digits(1 + below(3));
      case 4:
        return pick({"-", ""}) + digits(below(12)) + "." + digits(below(30));
      default:
        return digits(1 + below(3)) + "." + digits(1 + below(4));
    }
  }
  std::string time() {
    return chance(8) ? pick({"-", "1.5", "-9223372036854775808", "9223372036854775808", "x"})
                     : pick({"", "", "-"}) + digits(1 + below(20));
  }
  std::string digits(std::size_t count) {
    std::string out;
    while (count-- > 0) out += static_cast<char>('0' + below(10));
    return out;
  }
  void damage(std::string& text) {
    if (text.empty()) return;
    const auto at = below(text.size());
    const char other = ",= \"\\i.-5x"[below(10)];
    if (chance(3)) {
      text.erase(at, 1);
    } else if (chance(2)) {
      text[at] = other;
    } else {
      text.insert(at, 1, other);
    }
  }

  std::mt19937_64 random_;
  std::string last_;
};

// --- the comparison
// ------------------------------------------------------------------------------------------------

struct Bound {
  std::string measurement;
  std::map<std::string, std::string> tags;
  std::string field;
};
const std::vector<Bound> kBound{{"pump", {{"asset", "p1"}}, "flow"},
                                {"pump", {{"asset", "p1"}}, "p"},
                                {"pump", {{"asset", "p2"}}, "p"},
                                {"pump", {}, "po s"},
                                {"pump", {{"host", "x y"}, {"asset", "p1"}}, "flow"},
                                {"va lve", {{"a=b", ","}}, "other"},
                                {"c,pu", {}, "flow"}};

Plant plant() {
  Plant made;
  made.sources = {{"any", LineProtocolSource{}}};
  for (const auto& bound : kBound) {
    Signal signal;
    signal.id = {static_cast<std::uint32_t>(made.signals.size())};
    made.signals.push_back(signal);
    Binding binding;
    binding.measurement = bound.measurement;
    binding.tags = bound.tags;
    binding.fields = {{signal.id, bound.field, 1.0, 0.0}};
    made.bindings.push_back(binding);
  }
  return made;
}

struct Expected {
  std::multimap<std::pair<std::uint32_t, std::int64_t>, double> samples;
  std::uint64_t dropped = 0;
};

Expected expected_of(const std::string& body) {
  Expected out;
  for (const auto& line : PlainReader(body).read()) {
    const auto time = line && line->time ? *line->time : kArrival.ns;
    if (!line || time == INT64_MIN || time == INT64_MAX) {
      ++out.dropped;
      continue;
    }
    for (std::uint32_t id = 0; id < kBound.size(); ++id) {
      const auto& bound = kBound[id];
      const bool ours = line->measurement == bound.measurement &&
                        std::all_of(bound.tags.begin(), bound.tags.end(), [&](const auto& tag) {
                          const auto found = line->tags.find(tag.first);
                          return found != line->tags.end() && found->second == tag.second;
                        });
      if (!ours) continue;
      for (const auto& [name, value] : line->fields) {
        if (name == bound.field)
          out.samples.emplace(std::pair(id, time), std::isnan(value) ? -1e99 : value);
      }
    }
  }
  return out;
}

TEST(LineProtocolProperty, DecodesAsThePlainReaderDoes) {
  constexpr int kBodies = 60'000;
  auto decoder = std::move(Decoder::make(plant(), 0)).value();
  std::uint64_t samples_seen = 0, dropped_seen = 0;
  BodyMaker maker(20'240'611);
  for (int n = 0; n < kBodies; ++n) {
    const auto body = maker.make();
    const auto expected = expected_of(body);
    std::vector<Sample> samples;
    DecodeOutcome outcome;
    for (std::size_t at = 0; at < body.size();)
      decoder.decode(body, at, Duration::nanoseconds(1), kArrival, 1 + n % 9, samples, outcome);
    Expected found;
    for (const auto& sample : samples) {
      const bool fault = sample.quality.has(Cause::SensorFault);
      found.samples.emplace(std::pair(sample.signal.index, sample.source_time.ns),
                            fault ? -1e99 : sample.value);
    }
    ASSERT_EQ(outcome.dropped, expected.dropped) << n << "\n" << body << "\n" << outcome.trouble;
    ASSERT_EQ(std::multiset(found.samples.begin(), found.samples.end()),
              std::multiset(expected.samples.begin(), expected.samples.end()))
        << n << "\n"
        << body;
    samples_seen += samples.size();
    dropped_seen += outcome.dropped;
  }
  EXPECT_GT(samples_seen, 30'000u);  // the bodies are worth the while
  EXPECT_GT(dropped_seen, 20'000u);
}

}  // namespace
}  // namespace gemel::connectors::line_protocol
