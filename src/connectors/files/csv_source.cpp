#include "connectors/files/csv_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <set>

#include "base/log.hpp"
#include "base/text.hpp"
#include "connectors/files/csv_file.hpp"

namespace gemel::connectors::files {
namespace {

constexpr std::size_t kBatchSamples = 1'000;
constexpr std::size_t kFilesMax = 500;  // open at once
constexpr std::chrono::milliseconds kLookAtClockEvery{20};

struct Counts {
  Counts(metrics::Registry& registry, const std::string& source)
      : labels("source=\"" + source + "\""),
        rows(registry.counter("gemel_connector_rows_total", "Rows read from files.", labels)),
        samples(registry.counter("gemel_connector_samples_total", "Samples made of them.", labels)),
        undecodable(registry.counter("gemel_connector_undecodable_total",
                                     "Messages or lines that could not be read.", labels)),
        faults(registry.counter("gemel_connector_faults_total",
                                "Values and times that could not be read.", labels)),
        bytes_read(registry.gauge("gemel_connector_file_bytes_read",
                                  "Bytes of the files that have been read.", labels)),
        bytes(registry.gauge("gemel_connector_file_bytes", "Bytes that the files have.", labels)) {}

  const std::string labels;
  metrics::Counter& rows;
  metrics::Counter& samples;
  metrics::Counter& undecodable;
  metrics::Counter& faults;
  metrics::Gauge& bytes_read;
  metrics::Gauge& bytes;
};

/// The link's state, told to any thread.
class LinkBoard {
 public:
  void set(LinkState state) {
    std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }
  LinkState get() const {
    std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  LinkState state_ = Connecting{"not started"};
};

class Source final : public SampleSource {
 public:
  Source(std::string name, FileSource settings, const Clock& clock, metrics::Registry& registry)
      : name_(std::move(name)),
        settings_(std::move(settings)),
        clock_(clock),
        counts_(registry, name_) {}

  Result<void> open();
  /// Binds a column in every file that has it. False when none has.
  bool bind(const std::string& column, const payload::Field& field);
  /// Of all files, each name once, in the order of the files.
  std::vector<std::string> columns() const;
  bool is_time(const std::string& column) const;

  const std::string& name() const override { return name_; }
  LinkState link() const override { return board_.get(); }
  Result<void> run(std::stop_token stop, Inbox& inbox) override;

 private:
  /// A file by the time of its current row; of equal ones the file that was named first.
  struct Next {
    Timestamp time;
    std::size_t file;
    bool operator>(const Next& other) const {
      return time != other.time ? time > other.time : file > other.file;
    }
  };

  void queue_next(std::size_t file);
  bool wait_until_due(Timestamp time, const std::stop_token& stop);
  bool is_due(Timestamp time) const;
  bool hand_over(const std::stop_token& stop, Inbox& inbox);
  void count();
  void finish();

  const std::string name_;
  const FileSource settings_;
  const Clock& clock_;
  Counts counts_;
  LinkBoard board_;
  std::vector<std::unique_ptr<CsvFile>> files_;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue_;
  std::vector<Sample> batch_;
  CsvTally counted_;
  std::uint64_t samples_ = 0;
  Timestamp began_;       // by the clock
  Timestamp first_time_;  // of the first row
};

Result<void> Source::open() {
  if (settings_.paths.empty())
    return Error{ErrorCode::InvalidInput, "source '" + name_ + "' names no file; give paths:"};
  if (settings_.paths.size() > kFilesMax) {
    return Error{ErrorCode::Capacity,
                 "source '" + name_ + "' names " + std::to_string(settings_.paths.size()) +
                     " files; at most 500 are read together, so replay them in parts"};
  }
  if (!(settings_.speed >= 0.0))
    return Error{ErrorCode::InvalidInput,
                 "source '" + name_ + "': speed must be 0 (as fast as it goes) or more"};
  double bytes = 0;
  for (const auto& path : settings_.paths) {
    GEMEL_ASSIGN(auto file, CsvFile::open(path, settings_.separator, settings_.time_column));
    bytes += static_cast<double>(file->size_bytes());
    files_.push_back(std::move(file));
  }
  counts_.bytes.set(bytes);
  return {};
}

bool Source::bind(const std::string& column, const payload::Field& field) {
  bool bound = false;
  for (const auto& file : files_) {
    const auto& names = file->columns();
    const auto found = std::find(names.begin(), names.end(), column);
    if (found == names.end()) continue;
    file->bind(static_cast<std::size_t>(found - names.begin()), field);
    bound = true;
  }
  return bound;
}

std::vector<std::string> Source::columns() const {
  std::vector<std::string> names;
  std::set<std::string_view> known;
  for (const auto& file : files_) {
    for (const auto& name : file->columns()) {
      if (known.insert(name).second) names.push_back(name);
    }
  }
  return names;
}

bool Source::is_time(const std::string& column) const {
  return std::any_of(files_.begin(), files_.end(), [&](const auto& file) {
    return file->columns()[file->time_column()] == column;
  });
}

Result<void> Source::run(std::stop_token stop, Inbox& inbox) {
  for (std::size_t i = 0; i < files_.size(); ++i) queue_next(i);
  began_ = clock_.now();
  if (!queue_.empty()) first_time_ = queue_.top().time;
  board_.set(Online{began_});
  while (!queue_.empty()) {
    const auto next = queue_.top();
    if (!is_due(next.time) && !(hand_over(stop, inbox) && wait_until_due(next.time, stop)))
      return {};
    queue_.pop();
    files_[next.file]->read_row(batch_);
    queue_next(next.file);
    if (batch_.size() >= kBatchSamples && !hand_over(stop, inbox)) return {};
  }
  if (!hand_over(stop, inbox)) return {};
  finish();
  return {};
}

void Source::queue_next(std::size_t file) {
  if (files_[file]->advance()) queue_.push({files_[file]->time(), file});
}

bool Source::is_due(Timestamp time) const {
  if (settings_.speed == 0.0) return true;
  const double elapsed_s = (clock_.now() - began_).in_seconds();
  return (time - first_time_).in_seconds() <= elapsed_s * settings_.speed;
}

/// False when `stop` was asked for first.
bool Source::wait_until_due(Timestamp time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any nobody;
  while (!is_due(time)) {
    nobody.wait_for(lock, stop, kLookAtClockEvery, [] { return false; });
    if (stop.stop_requested()) return false;
  }
  return true;
}

/// Gives the batch to the inbox and brings the counts up to date. False when `stop` was asked for.
bool Source::hand_over(const std::stop_token& stop, Inbox& inbox) {
  count();
  if (stop.stop_requested()) return false;
  if (batch_.empty()) return true;
  counts_.samples.add(batch_.size());
  samples_ += batch_.size();
  const auto ticket = inbox.deliver(std::exchange(batch_, {}), stop);
  batch_.reserve(kBatchSamples + kBatchSamples / 2);
  return ticket != 0;
}

/// Adds what the files have counted since the last time.
void Source::count() {
  CsvTally now;
  double bytes_read = 0;
  for (const auto& file : files_) {
    now.rows += file->tally().rows;
    now.skipped += file->tally().skipped;
    now.faults += file->tally().faults;
    bytes_read += static_cast<double>(file->read_bytes());
  }
  counts_.rows.add(now.rows - counted_.rows);
  counts_.undecodable.add(now.skipped - counted_.skipped);
  counts_.faults.add(now.faults - counted_.faults);
  counts_.bytes_read.set(bytes_read);
  counted_ = now;
}

void Source::finish() {
  board_.set(Finished{});
  log::info("csv", "read to the end",
            {{"source", name_},
             {"files", files_.size()},
             {"rows", counted_.rows},
             {"samples", samples_},
             {"skipped_lines", counted_.skipped},
             {"unreadable_cells", counted_.faults}});
}

/// Binds every column that is a signal's; tells once of those that are nobody's.
Result<void> bind_by_name(const Plant& plant, Source& source) {
  std::string nobodys;
  std::size_t bound = 0;
  for (const auto& column : source.columns()) {
    if (source.is_time(column)) continue;
    const auto signal = plant.find_signal(column);
    if (signal) {
      GEMEL_ASSIGN(const auto field, payload::make_field(plant, {*signal, column, 1.0, 0.0}));
      source.bind(column, field);
      ++bound;
    } else {
      nobodys += (nobodys.empty() ? "" : ", ") + column;
    }
  }
  if (bound == 0) {
    return Error{ErrorCode::NotFound, "no column is a signal of the plant (" +
                                          nobodys.substr(0, 200) +
                                          "); name columns as the signals' paths, such as "
                                          "pump_1.flow, or bind them in the twin file"};
  }
  if (!nobodys.empty())
    log::warning("csv", "columns that are no signal's are skipped",
                 {{"columns", nobodys.substr(0, 1'000)}});
  return {};
}

/// The twin file may name the time's column with the source or with a binding.
FileSource with_time_column(const Plant& plant, std::uint32_t source_index, FileSource files) {
  for (const auto& binding : plant.bindings) {
    if (binding.source == source_index && files.time_column.empty()) {
      files.time_column = binding.time_path;
    }
  }
  return files;
}

Result<void> bind_as_told(const Plant& plant, std::uint32_t source_index, Source& source) {
  const auto columns = source.columns();
  for (const auto& binding : plant.bindings) {
    if (binding.source != source_index) continue;
    for (const auto& bound : binding.fields) {
      GEMEL_ASSIGN(const auto field, payload::make_field(plant, bound));
      if (source.bind(bound.path, field)) continue;
      return Error{ErrorCode::NotFound, "source '" + source.name() + "': no file has a column '" +
                                            bound.path + "' for " +
                                            plant.signal(bound.signal).path +
                                            text::did_you_mean(bound.path, columns)};
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SampleSource>> make_csv_source(const Plant& plant,
                                                      std::uint32_t source_index,
                                                      const Clock& clock,
                                                      metrics::Registry& metrics) {
  if (source_index >= plant.sources.size()) {
    return Error{ErrorCode::NotFound, "the plant has no source " + std::to_string(source_index)};
  }
  const auto& settings = plant.sources[source_index];
  const auto* files = std::get_if<FileSource>(&settings.settings);
  if (files == nullptr)
    return Error{ErrorCode::InvalidInput, "source '" + settings.name + "' does not read files"};
  auto source = std::make_unique<Source>(
      settings.name, with_time_column(plant, source_index, *files), clock, metrics);
  GEMEL_TRY(source->open());
  GEMEL_TRY(bind_as_told(plant, source_index, *source));
  return std::unique_ptr<SampleSource>(std::move(source));
}

Result<std::unique_ptr<SampleSource>> make_csv_source(const Plant& plant, const FileSource& files,
                                                      const Clock& clock,
                                                      metrics::Registry& metrics) {
  auto source = std::make_unique<Source>("replay", files, clock, metrics);
  GEMEL_TRY(source->open());
  GEMEL_TRY(bind_by_name(plant, *source));
  return std::unique_ptr<SampleSource>(std::move(source));
}

}  // namespace gemel::connectors::files
