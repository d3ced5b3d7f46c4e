#include "history/detail/event_codec.hpp"

#include <array>
#include <type_traits>
#include <utility>

#include "core/event_fields.hpp"

namespace gemel::history::detail {
namespace {

template <class T>
concept Composed = requires(T& t) { for_each_field(t, [](const char*, auto&) {}); };

constexpr Priority last_of(Priority) { return Priority::Critical; }
constexpr Verdict last_of(Verdict) { return Verdict::Withdrawn; }
constexpr Admission last_of(Admission) { return Admission::Refused; }
constexpr CommandResult last_of(CommandResult) { return CommandResult::NotSent; }
constexpr Truth last_of(Truth) { return Truth::Unknown; }
constexpr Drift last_of(Drift) { return Drift::Coverage; }

struct Write {
  ByteWriter& out;

  void put(std::uint64_t n) { out.varint(n); }
  void put(std::uint32_t n) { out.varint(n); }
  void put(bool flag) { out.varint(flag ? 1 : 0); }
  void put(double value) { out.fixed(value); }
  void put(const std::string& text) { out.text(text); }
  void put(Timestamp t) { out.signed_varint(t.ns); }
  void put(Duration d) { out.signed_varint(d.ns); }
  template <class E>
    requires std::is_enum_v<E>
  void put(E value) {
    out.varint(static_cast<std::uint64_t>(value));
  }
  template <class T>
  void put(const std::vector<T>& items) {
    out.varint(items.size());
    for (const auto& item : items) put(item);
  }
  template <Composed T>
  void put(const T& composed) {
    ByteWriter inner;
    for_each_field(composed, [&](const char*, const auto& member) { Write{inner}.put(member); });
    out.text(inner.bytes());
  }
};

struct Read {
  ByteReader& in;

  void take(std::uint64_t& n) { n = in.varint(); }
  void take(std::uint32_t& n) { n = static_cast<std::uint32_t>(in.varint()); }
  void take(bool& flag) { flag = in.varint() != 0; }
  void take(double& value) { value = in.fixed<double>(); }
  void take(std::string& text) { text = in.text(); }
  void take(Timestamp& t) { t.ns = in.signed_varint(); }
  void take(Duration& d) { d.ns = in.signed_varint(); }
  template <class E>
    requires std::is_enum_v<E>
  void take(E& value) {
    const auto n = in.varint();
    if (n > static_cast<std::uint64_t>(last_of(E{})))
      in.fail();
    else
      value = static_cast<E>(n);
  }
  template <class T>
  void take(std::vector<T>& items) {
    const auto count = in.count();
    for (std::size_t i = 0; i < count && in.ok(); ++i) take(items.emplace_back());
  }
  template <Composed T>
  void take(T& composed) {
    ByteReader inner(in.text());
    // A field that the writer did not know yet keeps its default.
    for_each_field(composed, [&](const char*, auto& member) {
      if (!inner.finished()) Read{inner}.take(member);
    });
    if (!inner.ok()) in.fail();
  }
};

template <std::size_t... I>
bool read_body(std::size_t kind, EventBody& body, ByteReader& in, std::index_sequence<I...>) {
  return ((kind == I && (Read{in}.take(body.emplace<I>()), true)) || ...);
}

}  // namespace

void write_event(ByteWriter& out, const Event& event) {
  out.varint(event.body.index());
  out.signed_varint(event.known_at.ns);
  std::visit([&](const auto& body) { Write{out}.put(body); }, event.body);
}

std::optional<Event> read_event(ByteReader& in) {
  Event event;
  const auto kind = in.varint();
  event.known_at.ns = in.signed_varint();
  if (!read_body(kind, event.body, in, std::make_index_sequence<std::variant_size_v<EventBody>>()))
    in.fail();
  if (!in.ok()) return std::nullopt;
  return event;
}

}  // namespace gemel::history::detail
