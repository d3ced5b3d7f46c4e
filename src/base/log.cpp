#include "base/log.hpp"

#include <array>
#include <atomic>
#include <cstdio>

#include "base/time.hpp"

namespace gemel::log {
namespace {

std::atomic<Level> lowest_level{Level::Info};
std::atomic<Format> line_format{Format::Text};

constexpr std::array<std::string_view, 4> kNames{"debug", "info", "warning", "error"};

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", c);
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string as_json(Level level, std::string_view component, std::string_view sentence,
                    Fields fields) {
  std::string out = R"({"time":")" + to_string(SystemClock().now()) + R"(","level":")";
  out += kNames[static_cast<std::size_t>(level)];
  out += R"(","component":)";
  append_json(out, component);
  out += ",\"message\":";
  append_json(out, sentence);
  for (const auto& field : fields) {
    out += ',';
    append_json(out, field.name);
    out += ':';
    append_json(out, field.value);
  }
  return out + "}\n";
}

std::string as_text(Level level, std::string_view component, std::string_view sentence,
                    Fields fields) {
  const auto now = SystemClock().now();
  std::string out = to_string(Timestamp{now.ns - now.ns % 1'000'000});
  out += ' ';
  out += kNames[static_cast<std::size_t>(level)];
  out.append(level == Level::Info ? 4 : level == Level::Warning ? 1 : 3, ' ');
  out += component;
  out += ": ";
  for (const char c : sentence) out += c == '\n' ? ' ' : c;
  for (const auto& field : fields) {
    out += "  ";
    out += field.name;
    out += '=';
    const bool quote = field.value.find_first_of(" \"\n") != std::string::npos;
    if (quote)
      append_json(out, field.value);
    else
      out += field.value;
  }
  return out + "\n";
}

}  // namespace

void configure(Level lowest, Format format) {
  lowest_level = lowest;
  line_format = format;
}

void write(Level level, std::string_view component, std::string_view sentence, Fields fields) {
  if (level < lowest_level.load(std::memory_order_relaxed)) return;
  const auto line = line_format.load(std::memory_order_relaxed) == Format::Json
                        ? as_json(level, component, sentence, fields)
                        : as_text(level, component, sentence, fields);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace gemel::log
