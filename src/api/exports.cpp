// What is taken away in bulk: a stretch of history as a file, and samples thinned out for a line.

#include "api/detail/exports.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <unistd.h>

#include "api/detail/call.hpp"
#include "base/text.hpp"
#include "exchange/downsample.hpp"
#include "exchange/export.hpp"
#include "exchange/signal_patterns.hpp"

namespace gemel::api {
namespace {

constexpr std::uint64_t kRowsMax = 1'000'000;
constexpr std::size_t kBytesMax = 128u << 20;
constexpr std::uint64_t kRecordsMax = 1'000'000;  // read for thinning
constexpr std::uint32_t kPointsMax = 10'000;

/// One export at a time: the other workers are left to the people's pages.
class OnlyOne {
 public:
  explicit OnlyOne(std::atomic<bool>& busy) : busy_(busy), mine_(!busy.exchange(true)) {}
  ~OnlyOne() {
    if (mine_) busy_ = false;
  }
  OnlyOne(const OnlyOne&) = delete;
  OnlyOne& operator=(const OnlyOne&) = delete;
  bool mine() const { return mine_; }

 private:
  std::atomic<bool>& busy_;
  const bool mine_;
};

/// Gone when it is done with. One export at a time needs one name.
struct Scratch {
  std::filesystem::path path = std::filesystem::temp_directory_path() /
                               ("gemel-export-" + std::to_string(::getpid()) + ".parquet");
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

Error too_large() {
  return {ErrorCode::Capacity, "the export is larger than " + std::to_string(kBytesMax >> 20) +
                                   " MiB; ask for a shorter range, for fewer signals or for means "
                                   "by `every`, or use `gemel history export`"};
}

Result<exchange::ExportRequest> request_of(const Call& call) {
  exchange::ExportRequest request;
  GEMEL_ASSIGN(request.range, range_parameter(call));
  GEMEL_ASSIGN(const auto known_at, time_parameter(call, "known_at"));
  request.known_at = known_at.value_or(Timestamp::max());
  GEMEL_ASSIGN(request.rows_max, whole_parameter(call, "limit", kRowsMax, kRowsMax));
  if (const auto every = parameter(call, "every")) {
    GEMEL_ASSIGN(request.every, parse_duration(*every));
    if (request.every.ns <= 0)
      return Error{ErrorCode::InvalidInput, "every must be longer than " + std::string(*every)};
  }
  std::vector<std::string> patterns;
  if (const auto signals = parameter(call, "signals")) {
    for (const auto part : text::split(*signals, ',')) patterns.emplace_back(text::trim(part));
  }
  GEMEL_ASSIGN(request.signals, exchange::match_signals(call.plant(), patterns));
  const auto layout = parameter(call, "layout").value_or("long");
  if (layout != "long" && layout != "wide")
    return Error{ErrorCode::InvalidInput,
                 "layout is long or wide, not '" + std::string(layout) + "'"};
  if (layout == "wide") request.layout = exchange::Layout::Wide;
  return request;
}

Result<std::string> as_csv(const Call& call, const exchange::ExportRequest& request) {
  std::string body;
  const auto take = [&](std::string_view text) -> Result<void> {
    if (body.size() + text.size() > kBytesMax) return too_large();
    body += text;
    return {};
  };
  GEMEL_TRY(exchange::write_csv(call.engine.history(), call.plant(), request, take));
  return body;
}

Result<std::string> as_parquet(const Call& call, exchange::ExportRequest request) {
  const Scratch scratch;
  request.path = scratch.path;
  GEMEL_TRY(exchange::export_parquet(call.engine.history(), call.plant(), request));
  std::error_code error;
  if (std::filesystem::file_size(scratch.path, error) > kBytesMax) return too_large();
  std::ostringstream bytes;
  bytes << std::ifstream(scratch.path, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

Result<HttpResponse> file_of(const Call& call) {
  const auto format = parameter(call, "format").value_or("csv");
  if (format == "arrow")
    return Error{ErrorCode::Unsupported,
                 "Arrow streams can't be written: DuckDB's library does that only with an "
                 "extension from the network; ask for format=parquet, which Arrow reads"};
  if (format != "csv" && format != "parquet")
    return Error{ErrorCode::InvalidInput,
                 "format is csv or parquet, not '" + std::string(format) + "'"};
  GEMEL_ASSIGN(auto request, request_of(call));
  static std::atomic<bool> busy = false;
  const OnlyOne turn(busy);
  if (!turn.mine())
    return Error{ErrorCode::Unavailable, "another export is being made; ask again in a moment"};
  HttpResponse response;
  if (format == "csv") {
    response.content_type = "text/csv; charset=utf-8";
    GEMEL_ASSIGN(response.body, as_csv(call, request));
  } else {
    response.content_type = "application/vnd.apache.parquet";
    GEMEL_ASSIGN(response.body, as_parquet(call, std::move(request)));
  }
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"history." + std::string(format) + "\"");
  return response;
}

}  // namespace

HttpResponse get_export(const Call& call) {
  auto made = file_of(call);
  return made ? *std::move(made) : answer(made.error());
}

Result<std::vector<Record>> samples_of(const Call& call, SignalId signal, TimeRange range,
                                       Timestamp known_at) {
  const auto how = parameter(call, "downsample");
  GEMEL_ASSIGN(const auto limit,
               whole_parameter(call, "limit", how ? kRecordsMax : 10'000, kRecordsMax));
  GEMEL_ASSIGN(const auto points, whole_parameter(call, "points", 600, kPointsMax));
  auto method = exchange::Downsampling::Lttb;
  if (how == "minmax") {
    method = exchange::Downsampling::MinMax;
  } else if (how == "mean") {
    method = exchange::Downsampling::Mean;
  } else if (how && how != "lttb") {
    return Error{ErrorCode::InvalidInput,
                 "downsample is lttb, minmax or mean, not '" + std::string(*how) + "'"};
  }
  GEMEL_ASSIGN(auto records, call.engine.history().read(signal, range, known_at, limit));
  if (!how) return records;
  return exchange::downsample(records, std::max<std::size_t>(points, 2), method);
}

}  // namespace gemel::api
