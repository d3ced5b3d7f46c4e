#include "connectors/payload/command_message.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include <simdjson.h>

#include "base/text.hpp"

namespace gemel::connectors::payload {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kReplyMax = 64u << 10;

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
      continue;
    }
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
    out += escape.data();
  }
  return out + '"';
}

std::string epoch_ms(Timestamp t) { return std::to_string(t.ns / 1'000'000); }

Error bad_reply(std::string_view why) {
  return {ErrorCode::InvalidInput,
          "an answer to a command " + std::string(why) +
              "; it should be {\"id\":\"17\",\"accepted\":true,\"reason\":\"…\"}"};
}

bool read_id(dom::object message, std::uint64_t& id) {
  dom::element element;
  if (message.at_key("id").get(element)) return false;
  std::string_view text;
  if (element.get_string().get(text)) return element.get_uint64().get(id) == simdjson::SUCCESS;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), id);
  return ec == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string write_command(const Command& command) {
  return "{\"id\":\"" + std::to_string(command.id) + "\",\"value\":" + text::number(command.value) +
         ",\"unit\":" + json_text(command.unit) + ",\"issued\":" + epoch_ms(command.issued) +
         ",\"expires\":" + epoch_ms(command.expires) + ",\"by\":" + json_text(command.by) +
         ",\"reason\":" + json_text(command.reason) + "}";
}

Result<Reply> read_reply(std::string_view bytes) {
  if (bytes.size() > kReplyMax) return bad_reply("is longer than 64 KiB");
  dom::parser parser;
  dom::object message;
  if (parser.parse(bytes.data(), bytes.size(), true).get_object().get(message))
    return bad_reply("is no JSON object");
  Reply reply;
  if (!read_id(message, reply.command)) return bad_reply("has no 'id' that is a command's number");
  if (message.at_key("accepted").get_bool().get(reply.accepted))
    return bad_reply("has no 'accepted' of true or false");
  std::string_view reason;
  if (!message.at_key("reason").get_string().get(reason)) reply.detail = std::string(reason);
  return reply;
}

}  // namespace gemel::connectors::payload
