#include "base/metrics.hpp"

#include "base/text.hpp"

namespace gemel::metrics {
namespace {

template <class M>
M& find_or_make(std::map<std::string, std::unique_ptr<M>, std::less<>>& members,
                std::string_view labels) {
  auto& slot = members[std::string(labels)];
  if (!slot) slot = std::make_unique<M>();
  return *slot;
}

std::string braces(const std::string& labels) { return labels.empty() ? "" : "{" + labels + "}"; }

}  // namespace

void Histogram::observe(double seconds) {
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    if (seconds <= kBounds[i]) buckets_[i].fetch_add(1, std::memory_order_relaxed);
  }
  count_.fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(seconds, std::memory_order_relaxed);
}

Registry::Family& Registry::family(std::string_view name, std::string_view help) {
  auto& found = families_[std::string(name)];
  if (found.help.empty()) found.help = help;
  return found;
}

Counter& Registry::counter(std::string_view name, std::string_view help, std::string_view labels) {
  std::lock_guard lock(mutex_);
  return find_or_make(family(name, help).counters, labels);
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, std::string_view labels) {
  std::lock_guard lock(mutex_);
  return find_or_make(family(name, help).gauges, labels);
}

Histogram& Registry::histogram(std::string_view name, std::string_view help,
                               std::string_view labels) {
  std::lock_guard lock(mutex_);
  return find_or_make(family(name, help).histograms, labels);
}

std::string Registry::to_prometheus() const {
  std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    const char* type = !family.counters.empty() ? "counter"
                       : !family.gauges.empty() ? "gauge"
                                                : "histogram";
    out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " + type + "\n";
    for (const auto& [labels, counter] : family.counters) {
      out += name + braces(labels) + " " + std::to_string(counter->value()) + "\n";
    }
    for (const auto& [labels, gauge] : family.gauges) {
      out += name + braces(labels) + " " + text::number(gauge->value()) + "\n";
    }
    for (const auto& [labels, histogram] : family.histograms) {
      const std::string lead = labels.empty() ? "" : labels + ",";
      for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
        out += name + "_bucket{" + lead + "le=\"" + text::number(Histogram::kBounds[i]) + "\"} " +
               std::to_string(histogram->buckets_[i].load(std::memory_order_relaxed)) + "\n";
      }
      out += name + "_bucket{" + lead + "le=\"+Inf\"} " + std::to_string(histogram->count()) + "\n";
      out += name + "_sum" + braces(labels) + " " + text::number(histogram->sum_.load()) + "\n";
      out += name + "_count" + braces(labels) + " " + std::to_string(histogram->count()) + "\n";
    }
  }
  return out;
}

}  // namespace gemel::metrics
