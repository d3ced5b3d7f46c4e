#include "api/detail/what_if_runs.hpp"

#include <algorithm>
#include <condition_variable>

namespace gemel::api {
namespace {

constexpr std::ptrdiff_t kWaitingMax = 8;
constexpr std::ptrdiff_t kOverMax = 32;

}  // namespace

WhatIfRuns::WhatIfRuns() : thread_([this](std::stop_token stop) { work(stop); }) {}
WhatIfRuns::~WhatIfRuns() = default;

Result<std::uint64_t> WhatIfRuns::submit(std::string who, Json question, Work work) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto waiting =
        std::ranges::count_if(runs_, [](const Run& r) { return r.state == State::Waiting; });
    if (waiting >= kWaitingMax) {
      return Error{ErrorCode::Capacity,
                   std::to_string(waiting) + " what-ifs are waiting; stop one, or ask again later"};
    }
    id = next_id_++;
    auto& run = runs_.emplace_back();
    run.id = id;
    run.who = std::move(who);
    run.question = std::move(question);
    run.work = std::move(work);
  }
  changed_.notify_all();
  return id;
}

Result<void> WhatIfRuns::stop(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  for (auto& run : runs_) {
    if (run.id != id) continue;
    run.stop = true;
    if (run.state == State::Waiting) {
      run.state = State::Stopped;
      run.work = {};
    }
    return {};
  }
  return Error{ErrorCode::NotFound, "there is no what-if " + std::to_string(id)};
}

Result<Json> WhatIfRuns::look(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const Run* run = find(id);
  if (run == nullptr) {
    return Error{ErrorCode::NotFound, "there is no what-if " + std::to_string(id) +
                                          "; the newest " + std::to_string(kOverMax) + " are kept"};
  }
  auto out = describe(*run);
  if (!run->answer.is_null()) out["answer"] = run->answer;
  return out;
}

Json WhatIfRuns::all() const {
  const std::lock_guard lock(mutex_);
  Json out = Json::array();
  for (auto run = runs_.rbegin(); run != runs_.rend(); ++run) out.push_back(describe(*run));
  return out;
}

void WhatIfRuns::work(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  const auto next = [this] {
    return std::ranges::find_if(runs_, [](const Run& r) { return r.state == State::Waiting; });
  };
  while (changed_.wait(lock, stop, [&] { return next() != runs_.end(); })) {
    if (stop.stop_requested()) return;
    run(*next(), lock, stop);
    forget_oldest();
  }
}

void WhatIfRuns::run(Run& run, std::unique_lock<std::mutex>& lock, std::stop_token stop) {
  run.state = State::Running;
  const auto work = std::move(run.work);
  lock.unlock();
  auto answered = work([&](std::uint32_t done, std::uint32_t of) {
    const std::lock_guard telling(mutex_);
    run.done = done;
    run.of = of;
    return !run.stop && !stop.stop_requested();
  });
  lock.lock();
  run.state = run.stop ? State::Stopped : State::Done;
  if (answered) {
    run.answer = std::move(answered).value();
  } else if (!run.stop) {
    run.state = State::Failed;
    run.error = answered.error().message;
  }
}

void WhatIfRuns::forget_oldest() {
  const auto over = [](const Run& r) { return r.state > State::Running; };
  for (auto count = std::ranges::count_if(runs_, over); count > kOverMax; --count)
    runs_.erase(std::ranges::find_if(runs_, over));
}

const WhatIfRuns::Run* WhatIfRuns::find(std::uint64_t id) const {
  const auto found = std::ranges::find_if(runs_, [&](const Run& r) { return r.id == id; });
  return found == runs_.end() ? nullptr : &*found;
}

Json WhatIfRuns::describe(const Run& run) {
  Json out{{"id", run.id},     {"by", run.who}, {"state", name_of(run.state)},
           {"done", run.done}, {"of", run.of},  {"question", run.question}};
  if (!run.error.empty()) out["error"] = run.error;
  return out;
}

const char* WhatIfRuns::name_of(State state) {
  switch (state) {
    case State::Waiting:
      return "waiting";
    case State::Running:
      return "running";
    case State::Done:
      return "done";
    case State::Stopped:
      return "stopped";
    case State::Failed:
      return "failed";
  }
  return "";
}

}  // namespace gemel::api
