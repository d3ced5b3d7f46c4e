#include "exchange/detail/csv_arrivals.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "exchange/detail/row_checks.hpp"

namespace gemel::exchange::detail {
namespace {

constexpr std::size_t kRowsAtOnce = 4'096;

struct OpenFile {
  int fd = -1;
  int error = 0;  // of the read that failed
  ~OpenFile() {
    if (fd >= 0) ::close(fd);
  }
};

/// The reader of CSV takes a failing read for the end; this one does not.
class CsvFileArrivals final : public ArrivalReader {
 public:
  CsvFileArrivals(std::unique_ptr<CsvArrivals> arrivals, std::shared_ptr<OpenFile> file,
                  std::string path)
      : arrivals_(std::move(arrivals)), file_(std::move(file)), path_(std::move(path)) {}

  Result<bool> next(std::vector<Arrival>& arrivals) override {
    GEMEL_ASSIGN(const bool more, arrivals_->next(arrivals));
    if (file_->error == 0) return more;
    return Error{ErrorCode::Unavailable, "reading " + path_ + ": " + std::strerror(file_->error) +
                                             "; nothing was imported"};
  }
  double done() const override { return arrivals_->done(); }
  std::uint64_t rows() const override { return arrivals_->rows(); }

 private:
  std::unique_ptr<CsvArrivals> arrivals_;
  std::shared_ptr<OpenFile> file_;
  std::string path_;
};

}  // namespace

CsvArrivals::CsvArrivals(const ImportRequest& request, SignalNames& names, Timestamp now,
                         CsvReader::Refill refill, std::uint64_t bytes)
    : names_(names),
      request_(request),
      now_(now),
      bytes_(bytes),
      reader_(request.path.string(), request.separator, std::move(refill)),
      times_(request.time_format),
      known_times_(request.time_format) {}

Result<std::unique_ptr<CsvArrivals>> CsvArrivals::open(const ImportRequest& request,
                                                       SignalNames& names, Timestamp now,
                                                       CsvReader::Refill refill,
                                                       std::uint64_t bytes) {
  std::unique_ptr<CsvArrivals> made(new CsvArrivals(request, names, now, std::move(refill), bytes));
  GEMEL_TRY(made->read_header());
  return made;
}

Result<void> CsvArrivals::read_header() {
  GEMEL_ASSIGN(const bool there, reader_.next());
  if (!there)
    return {ErrorCode::InvalidInput, request_.path.string() +
                                         ": the file is empty; its first line "
                                         "must name the columns"};
  header_.assign(reader_.cells().begin(), reader_.cells().end());
  GEMEL_ASSIGN(plan_, plan_columns(header_, request_, names_));
  return {};
}

Result<bool> CsvArrivals::next(std::vector<Arrival>& arrivals) {
  for (std::size_t i = 0; i < kRowsAtOnce; ++i) {
    GEMEL_ASSIGN(const bool there, reader_.next());
    if (!there) return i > 0;
    ++rows_;
    GEMEL_TRY(read_row(arrivals));
  }
  return true;
}

double CsvArrivals::done() const {
  return bytes_ == 0 ? 0.0 : static_cast<double>(reader_.bytes()) / static_cast<double>(bytes_);
}

Error CsvArrivals::at(std::size_t column, const Error& error) const {
  return error.within(reader_.place(column) + ": column '" + header_[column] + "'");
}

Result<void> CsvArrivals::read_row(std::vector<Arrival>& arrivals) {
  if (reader_.cells().size() != header_.size()) {
    return {ErrorCode::InvalidInput,
            reader_.place(0) + ": " + std::to_string(reader_.cells().size()) +
                " cells where the header has " + std::to_string(header_.size())};
  }
  Arrival arrival;
  arrival.known_at = Timestamp::min();
  const auto time = times_.read(cell(plan_.time));
  if (!time) return at(plan_.time, time.error());
  if (const auto good = check_time(*time, now_); !good) return at(plan_.time, good.error());
  arrival.source_time = *time;
  if (has(plan_.known_at) && !request_.known_now && !cell(plan_.known_at).empty()) {
    const auto known = known_times_.read(cell(plan_.known_at));
    if (!known) return at(plan_.known_at, known.error());
    if (const auto good = check_known_at(*known, *time, now_); !good)
      return at(plan_.known_at, good.error());
    arrival.known_at = *known;
  }
  return plan_.is_long() ? read_long(arrival, arrivals) : read_wide(arrival, arrivals);
}

Result<void> CsvArrivals::read_long(Arrival arrival, std::vector<Arrival>& arrivals) {
  const auto id = names_.find(cell(plan_.signal));
  if (!id) return {};
  arrival.signal = *id;
  const auto& signal = names_.signal(*id);
  if (has(plan_.unit)) {
    if (const auto good = check_unit(signal, cell(plan_.unit)); !good)
      return at(plan_.unit, good.error());
  }
  if (has(plan_.quality)) {
    const auto quality = qualities_.read(cell(plan_.quality));
    if (!quality) return at(plan_.quality, quality.error());
    arrival.quality = *quality;
  }
  if (arrival.quality.grade != Grade::Missing) {
    const auto value = read_value(signal, cell(plan_.value));
    if (!value) return at(plan_.value, value.error());
    if (!*value) return {};
    arrival.value = **value;
  }
  arrivals.push_back(arrival);
  return {};
}

Result<void> CsvArrivals::read_wide(Arrival arrival, std::vector<Arrival>& arrivals) {
  for (const auto& [column, id] : plan_.signals) {
    if (cell(column).empty()) continue;
    const auto value = read_value(names_.signal(id), cell(column));
    if (!value) return at(column, value.error());
    if (!*value) continue;
    arrival.signal = id;
    arrival.value = **value;
    arrivals.push_back(arrival);
  }
  return {};
}

Result<std::unique_ptr<ArrivalReader>> open_csv(const ImportRequest& request, SignalNames& names,
                                                Timestamp now) {
  auto file = std::make_shared<OpenFile>();
  file->fd = ::open(request.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file->fd < 0) {
    return {errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Unavailable,
            "opening " + request.path.string() + ": " + std::strerror(errno)};
  }
  std::error_code ignored;  // a pipe has no size; then there is no share to tell
  const auto bytes = std::filesystem::file_size(request.path, ignored);
  const auto refill = [file](std::span<char> to) -> std::size_t {
    for (;;) {
      const auto got = ::read(file->fd, to.data(), to.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) file->error = errno;
      return got > 0 ? static_cast<std::size_t>(got) : 0;
    }
  };
  GEMEL_ASSIGN(auto made, CsvArrivals::open(request, names, now, refill, ignored ? 0 : bytes));
  return std::unique_ptr<ArrivalReader>(
      std::make_unique<CsvFileArrivals>(std::move(made), file, request.path.string()));
}

}  // namespace gemel::exchange::detail
