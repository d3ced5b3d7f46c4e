#pragma once
// Alarms of a replay held against the labels of the recording.

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/event.hpp"
#include "core/plant.hpp"
#include "inference/evaluation.hpp"

namespace gemel::app {

struct ScoringOptions {
  std::string label;  // the column; empty: nothing is scored
  std::size_t train_rows = 400;
};

struct LabelledRow {
  Timestamp time;
  bool anomalous = false;
};

/// The label of every row. Errors: NotFound (no such file or column), InvalidInput with file and
/// line.
Result<std::vector<LabelledRow>> read_labels(const std::string& path,
                                             const ScoringOptions& options);

/// The plant with every detector learning from the first `train_rows` rows of this recording, and
/// no more.
std::shared_ptr<const Plant> with_training_until(const Plant& plant,
                                                 const std::vector<LabelledRow>& rows,
                                                 const ScoringOptions& options);

/// A row counts as alarmed while any alarm is open. Rows learnt from are not scored.
class Scorecard {
 public:
  explicit Scorecard(ScoringOptions options) : options_(std::move(options)) {}
  void add(const std::string& file, const std::vector<LabelledRow>& rows,
           const std::vector<Event>& events);
  std::string to_text() const;

 private:
  struct Line {
    std::string file;
    inference::Evaluation evaluation;
  };
  ScoringOptions options_;
  std::vector<Line> lines_;
};

}  // namespace gemel::app
