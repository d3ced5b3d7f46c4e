#include "state_file.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

namespace riverside {
namespace {

constexpr std::string_view kFirstLine = "pump-station-state 2";
constexpr std::size_t kListMax = 1'000;

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

/// Walks a state and writes each plain value under its dotted name.
class Writer {
 public:
  template <Plain T>
  void operator()(std::string_view name, T& value) {
    if constexpr (std::is_enum_v<T>) {
      add(name, fmt::format("{}", static_cast<int>(value)));
    } else if constexpr (std::is_floating_point_v<T>) {
      add(name, fmt::format("{:a}", value));
    } else {
      add(name, fmt::format("{}", value));
    }
  }

  template <class T>
  void operator()(std::string_view name, T& part) {
    const std::size_t outer = path_.size();
    path_ += std::string(name) + ".";
    part.visit(*this);
    path_.resize(outer);
  }

  template <class T>
  void operator()(std::string_view name, std::vector<T>& list) {
    std::size_t count = list.size();
    (*this)(std::string(name) + ".count", count);
    for (std::size_t i = 0; i < count; ++i) (*this)(fmt::format("{}.{}", name, i), list[i]);
  }

  template <class T, std::size_t N>
  void operator()(std::string_view name, std::array<T, N>& list) {
    for (std::size_t i = 0; i < N; ++i) (*this)(fmt::format("{}.{}", name, i), list[i]);
  }

  std::string text() const { return std::string(kFirstLine) + "\n" + text_; }

 private:
  void add(std::string_view name, const std::string& value) {
    text_ += fmt::format("{}{} {}\n", path_, name, value);
  }

  std::string path_;
  std::string text_;
};

/// Walks a state the same way and fills it; remembers the first thing that went wrong.
class Reader {
 public:
  explicit Reader(std::unordered_map<std::string, std::string> entries)
      : entries_(std::move(entries)) {}

  template <Plain T>
  void operator()(std::string_view name, T& value) {
    const auto found = entries_.find(path_ + std::string(name));
    if (found == entries_.end()) return complain(name, "is missing");
    if (!read(found->second, value)) complain(name, "cannot be '" + found->second + "'");
  }

  template <class T>
  void operator()(std::string_view name, T& part) {
    const std::size_t outer = path_.size();
    path_ += std::string(name) + ".";
    part.visit(*this);
    path_.resize(outer);
  }

  template <class T>
  void operator()(std::string_view name, std::vector<T>& list) {
    std::size_t count = 0;
    (*this)(std::string(name) + ".count", count);
    if (count > kListMax) return complain(name, "is too long");
    list.resize(count);
    for (std::size_t i = 0; i < count; ++i) (*this)(fmt::format("{}.{}", name, i), list[i]);
  }

  template <class T, std::size_t N>
  void operator()(std::string_view name, std::array<T, N>& list) {
    for (std::size_t i = 0; i < N; ++i) (*this)(fmt::format("{}.{}", name, i), list[i]);
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  template <Plain T>
  static bool read(const std::string& text, T& value) {
    const char* end = text.data() + text.size();
    if constexpr (std::is_enum_v<T>) {
      int number = 0;
      const bool good = std::from_chars(text.data(), end, number).ptr == end;
      value = static_cast<T>(number);
      return good && number >= 0 && number < 16;
    } else if constexpr (std::is_same_v<T, bool>) {
      value = text == "true";
      return value || text == "false";
    } else if constexpr (std::is_floating_point_v<T>) {
      // strtod and not from_chars: the latter wants its hexadecimal floats without "0x".
      char* stop = nullptr;
      value = std::strtod(text.c_str(), &stop);
      return stop == end && !text.empty() && std::isfinite(value);
    } else {
      return std::from_chars(text.data(), end, value).ptr == end && !text.empty();
    }
  }

  void complain(std::string_view name, const std::string& what) {
    if (!error_) error_ = Error{fmt::format("entry '{}{}' {}", path_, name, what)};
  }

  std::unordered_map<std::string, std::string> entries_;
  std::string path_;
  std::optional<Error> error_;
};

std::unordered_map<std::string, std::string> entries_of(std::string_view text) {
  std::unordered_map<std::string, std::string> entries;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t blank = line.find(' ');
    if (blank != line.npos) entries.emplace(line.substr(0, blank), line.substr(blank + 1));
  }
  return entries;
}

}  // namespace

std::string state_to_text(const Plant& plant) {
  Plant copy = plant;  // one visit() serves reading and writing, so it is not const
  Writer writer;
  copy.visit(writer);
  return writer.text();
}

Result<Plant> state_from_text(const std::string& text) {
  if (!text.starts_with(kFirstLine)) {
    return Error{fmt::format("it does not start with '{}': delete it to start afresh", kFirstLine)};
  }
  Plant plant(0, 0);
  Reader reader(entries_of(text));
  plant.visit(reader);
  if (reader.error()) {
    return Error{reader.error()->message + ": delete the file to start afresh"};
  }
  if (const auto wrong = plant.settle_restored(); !wrong) return wrong.error();
  return plant;
}

Result<void> save_state(const Plant& plant, const std::string& file) {
  const std::string beside = file + ".new";
  std::ofstream out(beside, std::ios::binary);
  out << state_to_text(plant);
  out.close();
  std::error_code failed;
  if (out) std::filesystem::rename(beside, file, failed);
  if (out && !failed) return {};
  return Error{fmt::format("{}: cannot write the state: check its folder and rights", file)};
}

Result<std::optional<Plant>> load_state(const std::string& file) {
  if (!std::filesystem::exists(file)) return std::optional<Plant>();
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto plant = state_from_text(text);
  if (!plant) return Error{fmt::format("{}: {}", file, plant.error().message)};
  return std::optional<Plant>(*plant);
}

}  // namespace riverside
