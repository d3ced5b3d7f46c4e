#pragma once
// The simulators that are ready to be asked.

#include <memory>
#include <mutex>
#include <vector>

#include "core/simulator.hpp"

namespace gemel::engine {

/// Threads: any.
class Simulators {
 public:
  explicit Simulators(std::size_t count) : ready_(count) {}

  std::size_t size() const { return ready_.size(); }
  /// Null: it still waits for what it learns from.
  std::shared_ptr<const Simulator> get(std::size_t index) const {
    const std::lock_guard lock(mutex_);
    return ready_[index];
  }
  void put(std::size_t index, std::shared_ptr<const Simulator> simulator) {
    const std::lock_guard lock(mutex_);
    ready_[index] = std::move(simulator);
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Simulator>> ready_;
};

}  // namespace gemel::engine
