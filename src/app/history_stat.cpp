// gemel history stat

#include <cstdio>

#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

Result<void> stat(const HistoryOptions& options) {
  GEMEL_ASSIGN(const auto opened, open_to_read(options));
  const auto status = opened.history->status();
  Table table({"what", "value"});
  table.add({"signals", std::to_string(opened.plant->signals.size())});
  table.add({"samples", std::to_string(status.samples)});
  table.add({"events", std::to_string(status.events)});
  table.add({"bytes on disk", std::to_string(status.bytes_on_disk)});
  if (status.samples > 0) {
    table.add({"bytes a sample",
               text::rounded(double(status.bytes_on_disk) / double(status.samples), 3)});
  }
  if (const auto extent = opened.history->extent()) {
    table.add({"from", to_string(extent->from)});
    table.add({"until", to_string(extent->until)});
  }
  std::printf("%s", table.to_text().c_str());
  return {};
}

}  // namespace

void add_history_stat(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  add_history_subcommand(history, chosen, *options, "stat", "Print what the history holds.",
                         "  gemel history stat --history riverside.history",
                         [options](std::stop_token) { return stat(*options); });
}

}  // namespace gemel::app
