// gemel history stat

#include <cstdio>

#include "app/history_store.hpp"
#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "history/statistics.hpp"

namespace gemel::app {
namespace {

std::string megabytes(std::uint64_t bytes) {
  return text::rounded(static_cast<double>(bytes) / 1e6, 3) + " MB";
}

/// "12.3 MB, 1.05 a sample".
std::string share(std::uint64_t bytes, std::uint64_t samples) {
  if (samples == 0) return megabytes(bytes);
  return megabytes(bytes) + ", " +
         text::rounded(static_cast<double>(bytes) / static_cast<double>(samples), 3) + " a sample";
}

void add_parts(Table& table, const history::Statistics& all) {
  const auto samples = all.samples() - all.log_samples;
  table.add({"segments",
             std::to_string(all.segments.size()) + ", " + share(all.segment_bytes(), samples)});
  table.add({"  samples", share(all.chunk_bytes, samples)});
  table.add({"  what is said of them", share(all.heads_bytes, samples)});
  table.add({"  times of frames", share(all.frame_bytes, samples)});
  table.add({"  key frames", share(all.keyframe_bytes, samples)});
  table.add({"  roll-ups", share(all.roll_up_bytes, samples)});
  table.add({"  events", megabytes(all.event_bytes)});
  table.add({"log, not sealed yet",
             std::to_string(all.log_samples) + " samples, " + megabytes(all.log_bytes)});
}

void print_segments(const history::Statistics& all) {
  Table table({"segment", "groups", "frames", "samples", "forgotten", "bytes", "known from",
               "known until"});
  for (const auto& one : all.segments) {
    table.add({one.file + (one.lost ? " (lost)" : ""), std::to_string(one.groups),
               std::to_string(one.frames), std::to_string(one.samples),
               std::to_string(one.forgotten), std::to_string(one.bytes), to_string(one.known.from),
               to_string(one.known.until)});
  }
  if (!table.empty()) std::printf("\n%s", table.to_text().c_str());
}

Result<void> stat(const HistoryOptions& options, bool segments) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  const auto status = opened.history->status();
  Table table({"what", "value"});
  table.add({"signals", std::to_string(opened.plant->signals.size())});
  table.add({"samples", std::to_string(status.samples)});
  table.add({"events", std::to_string(status.events)});
  table.add({"on disk", share(status.bytes_on_disk, status.samples)});
  if (const auto extent = opened.history->extent()) {
    table.add({"from", to_string(extent->from)});
    table.add({"until", to_string(extent->until)});
  }
  const auto place = history_place(options.history);
  const bool in_files = place.kind == HistoryKind::File;
  history::Statistics all;
  if (in_files) {
    GEMEL_ASSIGN(all, history::statistics(place.directory));
    add_parts(table, all);
  }
  std::printf("%s", table.to_text().c_str());
  if (segments && in_files) print_segments(all);
  return {};
}

}  // namespace

void add_history_stat(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  auto segments = std::make_shared<bool>(false);
  auto* sub = add_history_subcommand(
      history, chosen, *options, "stat", "Print what the history holds and where its bytes are.",
      "  gemel history stat --history riverside.history\n"
      "  gemel history stat --history riverside.history --segments",
      [options, segments](std::stop_token) { return stat(*options, *segments); });
  sub->add_flag("--segments", *segments, "List every segment as well.");
}

}  // namespace gemel::app
