#include "app/terminal.hpp"

#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include <unistd.h>

namespace gemel::app {
namespace {

/// Characters on the screen: UTF-8 continuation bytes take no place.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

bool is_number(std::string_view cell) {
  if (cell.empty()) return false;
  const auto first = static_cast<unsigned char>(cell[cell[0] == '-' || cell[0] == '+' ? 1 : 0]);
  return std::isdigit(first) && cell.find_first_of(":T") == std::string_view::npos;
}

}  // namespace

std::string Table::to_text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      const std::string padding(widths[i] - width_of(row[i]), ' ');
      // A header stands over numbers where its first row has one.
      const bool right =
          is_number(&row == &rows_.front() && rows_.size() > 1 ? rows_[1][i] : row[i]);
      line += right ? padding + row[i] : row[i] + padding;
      line += "  ";
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  }
  return out;
}

int fail(const Error& error) {
  std::fprintf(stderr, "gemel: %s\n", error.message.c_str());
  return kFailed;
}

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), terminal_(isatty(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() {
  if (terminal_ && shown_ >= 0.0) std::fprintf(stderr, "\r\033[K");
}

void ProgressLine::show(double done, std::string_view detail) {
  if (!terminal_ || (done < 1.0 && done - shown_ < 0.005)) return;
  shown_ = done;
  std::fprintf(stderr, "\r\033[K%s %3.0f %%  %.*s", what_.c_str(), done * 100,
               static_cast<int>(detail.size()), detail.data());
}

Interruption::Interruption() {
  // Blocked here, and so in every thread that starts later; one thread waits for them in peace.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGUSR1);  // our own: the waiting thread may go home
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  auto waiter = std::make_shared<std::thread>([signals, source = source_]() mutable {
    int got = 0;
    sigwait(&signals, &got);
    if (got == SIGUSR1) return;
    source.request_stop();
    sigwait(&signals, &got);
    if (got != SIGUSR1) std::_Exit(128 + got);
  });
  join_ = [waiter] {
    pthread_kill(waiter->native_handle(), SIGUSR1);
    waiter->join();
  };
}

Interruption::~Interruption() { join_(); }

}  // namespace gemel::app
