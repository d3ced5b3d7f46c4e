#pragma once
// The page's files and the OpenAPI document, compressed, in the program itself.

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gemel::api {

struct Asset {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view etag;  // quoted
  std::string_view gzipped;
};

/// Null if there is none.
const Asset* find_asset(std::string_view path);

/// The uncompressed bytes of an asset.
std::string inflate(std::string_view gzipped);

/// What somebody sent compressed with gzip or zlib. Errors: InvalidInput (it is neither, or broken
/// off), Capacity (more than `bytes_max` bytes come out).
Result<std::string> inflate_within(std::string_view gzipped, std::size_t bytes_max);

}  // namespace gemel::api
