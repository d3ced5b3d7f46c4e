#pragma once
// What the life of an asset so far says of how much of it is left: features of a run of rows.

#include <cstddef>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace gemel::inference {

/// How each kind of operation (cruise at one altitude, idling) looks when all is well: of each
/// sensor its mean and spread there. Kinds are the points of operation that stand well apart, each
/// found as the farthest from those before it.
class OperatingConditions {
 public:
  /// Shapes: settings = rows x settings_width, sensors = rows x sensors_width. Few distinct
  /// settings make as many kinds, at most `most`. Sensors that never move are left out.
  OperatingConditions(std::span<const double> settings, std::size_t settings_width,
                      std::span<const double> sensors, std::size_t sensors_width, std::size_t most);

  std::size_t kinds() const { return settings_width_ == 0 ? 1 : centres_.size() / settings_width_; }
  /// The sensors that tell something.
  std::span<const std::size_t> telling() const { return telling_; }
  /// Each telling sensor's distance from its mean in this kind of operation, in its spreads there.
  /// Shapes: `out` as many as telling().
  void standardise(std::span<const double> settings, std::span<const double> sensors,
                   std::span<double> out) const;

  bool fits(std::size_t settings, std::size_t sensors) const {
    return settings == settings_width_ && sensors == sensors_width_;
  }
  void encode(ByteWriter& out) const;
  /// Errors: Corruption.
  static Result<OperatingConditions> decode(ByteReader& in);

 private:
  OperatingConditions() = default;
  std::size_t nearest(std::span<const double> settings) const;

  std::size_t settings_width_ = 0, sensors_width_ = 0;
  std::vector<double> centres_;
  std::vector<double> scales_;           // of the settings
  std::vector<double> means_, spreads_;  // kind after kind
  std::vector<std::size_t> telling_;
};

/// Features of a run up to its last row: each sensor's level (mean over windows of several
/// lengths), slope over them, distance from its level at the beginning, spread; and the age.
/// Windows longer than the run are as long as the run.
class LifeFeatures {
 public:
  explicit LifeFeatures(std::size_t sensors) : sensors_(sensors) {}

  std::size_t width() const;
  /// Shapes: run = rows x sensors, at least one row; `out` as many as width().
  void of(std::span<const double> run, std::span<float> out) const;

 private:
  std::size_t sensors_;
};

}  // namespace gemel::inference
