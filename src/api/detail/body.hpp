#pragma once
// The members of a request's JSON body. Errors: InvalidInput, naming the member.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "api/detail/call.hpp"

namespace gemel::api {

/// The body as an object with nothing but the members named.
Result<Json> body_with(const Call& call, std::initializer_list<std::string_view> members);
/// Errors: also members that are not among those named.
Result<void> only_members(const Json& object, std::initializer_list<std::string_view> members);

Result<std::string> text_member(const Json& body, const char* name, bool needed);
Result<double> number_member(const Json& body, const char* name, std::optional<double> fallback,
                             double low, double high);
Result<std::optional<Timestamp>> time_member(const Json& body, const char* name);

/// The segment of the path as a number from 1 on.
Result<std::uint64_t> id_of(const Call& call);

}  // namespace gemel::api
