#include <algorithm>

#include <zlib.h>

#include "api/detail/assets.hpp"
#include "base/check.hpp"

namespace gemel::api {
namespace {

constexpr std::size_t kStep = 65'536;

}  // namespace

std::string inflate(std::string_view gzipped) {
  std::string out;
  z_stream stream{};
  // 16: gzip's header rather than zlib's.
  GEMEL_CHECK(inflateInit2(&stream, 16 + MAX_WBITS) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  stream.avail_in = static_cast<uInt>(gzipped.size());
  int status = Z_OK;
  while (status == Z_OK) {
    const auto before = out.size();
    out.resize(before + kStep);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = kStep;
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  // The bytes are our own, built in: anything else than a clean end is a broken build.
  GEMEL_CHECK(status == Z_STREAM_END);
  return out;
}

Result<std::string> inflate_within(std::string_view gzipped, std::size_t bytes_max) {
  z_stream stream{};
  // 32: gzip's header or zlib's, whichever is there.
  if (inflateInit2(&stream, 32 + MAX_WBITS) != Z_OK)
    return Error{ErrorCode::Internal, "zlib could not be started"};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzipped.data()));
  stream.avail_in = static_cast<uInt>(gzipped.size());
  std::string out;
  int status = Z_OK;
  while (status == Z_OK && out.size() <= bytes_max) {
    // Telemetry shrinks to a fifth or less; doubling keeps the copies few where it shrinks more.
    const auto before = out.size();
    const auto step = std::max(kStep, before == 0 ? gzipped.size() * 5 : before);
    out.resize(std::min(before + step, bytes_max + 1));
    const auto room = out.size() - before;
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(room);
    status = ::inflate(&stream, Z_NO_FLUSH);
    out.resize(before + room - stream.avail_out);
    // Members may follow one another, as gzip allows.
    if (status == Z_STREAM_END && stream.avail_in > 0) status = inflateReset(&stream);
  }
  inflateEnd(&stream);
  if (out.size() > bytes_max) {
    return Error{ErrorCode::Capacity,
                 "more than " + std::to_string(bytes_max >> 20) + " MiB when inflated"};
  }
  if (status != Z_STREAM_END)
    return Error{ErrorCode::InvalidInput, "the body is no gzip, or breaks off"};
  return out;
}

}  // namespace gemel::api
