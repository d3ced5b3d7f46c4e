#include "app/scorecard.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/terminal.hpp"
#include "base/text.hpp"

namespace gemel::app {
namespace {

char separator_of(std::string_view header) {
  for (const char candidate : {';', '\t', '|'}) {
    if (header.find(candidate) != std::string_view::npos) return candidate;
  }
  return ',';
}

std::string percent(double share) { return text::rounded(share * 100, 3) + " %"; }

double mean_delay_s(const std::vector<inference::Onset>& onsets) {
  double sum = 0;
  std::size_t found = 0;
  for (const auto& onset : onsets) {
    if (!onset.delay || onset.alarmed_before) continue;
    sum += onset.delay->in_seconds();
    ++found;
  }
  return found ? sum / static_cast<double>(found) : -1.0;
}

std::vector<std::string> row_of(const std::string& name, const inference::Evaluation& evaluation) {
  const auto& rows = evaluation.rows;
  const auto found =
      std::count_if(evaluation.onsets.begin(), evaluation.onsets.end(),
                    [](const auto& onset) { return onset.delay && !onset.alarmed_before; });
  const double delay = mean_delay_s(evaluation.onsets);
  return {name,
          text::rounded(rows.f1(), 3),
          percent(rows.false_alarm_rate()),
          percent(rows.missed_alarm_rate()),
          std::to_string(found) + " of " + std::to_string(evaluation.onsets.size()),
          delay < 0 ? "-" : text::rounded(delay, 3) + " s"};
}

}  // namespace

Result<std::vector<LabelledRow>> read_labels(const std::string& path,
                                             const ScoringOptions& options) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) return Error{ErrorCode::NotFound, "can't read " + path};
  const char separator = separator_of(line);
  const auto header = text::split(text::trim(line), separator);
  const auto column = std::find(header.begin(), header.end(), options.label);
  if (column == header.end()) {
    const std::vector<std::string> names(header.begin(), header.end());
    return Error{ErrorCode::NotFound, path + " has no column '" + options.label + "'" +
                                          text::did_you_mean(options.label, names)};
  }
  const auto index = static_cast<std::size_t>(column - header.begin());
  std::vector<LabelledRow> rows;
  for (int number = 2; std::getline(file, line); ++number) {
    const auto cells = text::split(text::trim(line), separator);
    double label = 0;
    const auto time = parse_timestamp(cells.front());
    if (!time || cells.size() <= index || !text::parse_number(cells[index], label)) {
      return Error{ErrorCode::InvalidInput,
                   path + ":" + std::to_string(number) +
                       ": needs an ISO time in the first column and a number in '" + options.label +
                       "'"};
    }
    rows.push_back({*time, label != 0});
  }
  return rows;
}

std::shared_ptr<const Plant> with_training_until(const Plant& plant,
                                                 const std::vector<LabelledRow>& rows,
                                                 const ScoringOptions& options) {
  auto own = std::make_shared<Plant>(plant);
  if (rows.empty()) return own;
  const auto last = rows[std::min(options.train_rows, rows.size() - 1)].time;
  for (auto& detector : own->detectors)
    detector.training.range = TimeRange{rows.front().time, last};
  return own;
}

void Scorecard::add(const std::string& file, const std::vector<LabelledRow>& rows,
                    const std::vector<Event>& events) {
  inference::AlarmedIntervals alarmed;
  for (const auto& event : events) {
    if (const auto* raised = std::get_if<AlarmRaised>(&event.body))
      alarmed.raised(raised->alarm, event.known_at);
    if (const auto* cleared = std::get_if<AlarmCleared>(&event.body))
      alarmed.cleared(cleared->alarm, event.known_at);
  }
  std::vector<inference::JudgedRow> judged;
  for (std::size_t i = options_.train_rows; i < rows.size(); ++i) {
    judged.push_back({rows[i].time, rows[i].anomalous, alarmed.alarmed(rows[i].time)});
  }
  lines_.push_back({file, inference::evaluate(judged)});
}

std::string Scorecard::to_text() const {
  Table table({"file", "F1", "FAR", "MAR", "found", "mean delay"});
  inference::Evaluation total;
  for (const auto& line : lines_) {
    const auto path = std::filesystem::path(line.file);
    table.add(row_of((path.parent_path().filename() / path.filename()).string(), line.evaluation));
    total.rows += line.evaluation.rows;
    total.onsets.insert(total.onsets.end(), line.evaluation.onsets.begin(),
                        line.evaluation.onsets.end());
  }
  table.add(row_of("total", total));
  return table.to_text();
}

}  // namespace gemel::app
