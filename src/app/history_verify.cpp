// gemel history verify

#include <cstdio>

#include "app/history_store.hpp"
#include "app/history_subcommand.hpp"
#include "app/terminal.hpp"
#include "history/file_history.hpp"

namespace gemel::app {
namespace {

Result<void> verify(const HistoryOptions& options, std::stop_token stop) {
  if (history_place(options.history).kind == HistoryKind::Postgres)
    return {ErrorCode::Unsupported,
            "a history in PostgreSQL is verified by the server's own means: data checksums and "
            "pg_amcheck"};
  history::Verification found;
  {
    ProgressLine line("verifying");
    GEMEL_ASSIGN(found, history::verify(
                            options.history, nullptr, [&](double done) { line.show(done, ""); },
                            std::move(stop)));
  }
  std::printf("%llu segments, %llu frames, %llu samples, %llu events read\n",
              static_cast<unsigned long long>(found.segments),
              static_cast<unsigned long long>(found.frames),
              static_cast<unsigned long long>(found.samples),
              static_cast<unsigned long long>(found.events));
  for (const auto& damage : found.damage) {
    std::printf("damage: %s at byte %llu: %s\n", damage.file.c_str(),
                static_cast<unsigned long long>(damage.offset), damage.what.c_str());
  }
  if (found.damage.empty()) {
    std::printf("every byte is as it was written\n");
    return {};
  }
  return Error{ErrorCode::Corruption,
               std::to_string(found.damage.size()) +
                   " damaged places; restore those files from a backup, the rest stays readable"};
}

}  // namespace

void add_history_verify(CLI::App& history, Chosen& chosen) {
  auto options = std::make_shared<HistoryOptions>();
  add_history_subcommand(history, chosen, *options, "verify",
                         "Check every byte: checksums, order, and the chain of the audit trail.",
                         "  gemel history verify --history riverside.history",
                         [options](std::stop_token stop) { return verify(*options, stop); });
}

}  // namespace gemel::app
