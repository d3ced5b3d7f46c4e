// gemel train: a network for a detector, out of the history or recorded files.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "app/commands.hpp"
#include "app/detector_rows.hpp"
#include "app/terminal.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "learning/network_training.hpp"

namespace gemel::app {
namespace {

struct TrainOptions : RowsOptions {
  std::string kind = "lstm_autoencoder";
  std::string out;
  learning::NetworkTraining training;
};

/// What is taken where nothing is said: a window that a step can be made over in well under a
/// millisecond.
void set_sizes(networks::NetworkOptions& network, networks::NetworkKind kind) {
  network.kind = kind;
  const bool reconstructs = kind == networks::NetworkKind::LstmAutoencoder;
  if (network.rows == 0) network.rows = reconstructs ? 32 : 64;
  if (network.horizon == 0 && !reconstructs) network.horizon = 8;
}

/// One line an epoch, and on a terminal one that moves.
class Reporter {
 public:
  explicit Reporter(std::size_t epochs) : epochs_(epochs), line_("training") {}

  void tell(const networks::Epoch& epoch) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    const double rate = static_cast<double>(epoch.windows) / std::max(1e-9, took.count());
    std::printf("epoch %3zu  training %-9s validation %-9s %s windows/s%s\n", epoch.number,
                text::rounded(epoch.training).c_str(), text::rounded(epoch.validation).c_str(),
                text::rounded(rate, 3).c_str(), epoch.best ? "  best" : "");
    std::fflush(stdout);
    line_.show(static_cast<double>(epoch.number) / static_cast<double>(epochs_),
               "of at most " + std::to_string(epochs_) + " epochs; Ctrl-C keeps the best so far");
  }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::size_t epochs_;
  ProgressLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void print(const learning::TrainedNetwork& made, const std::string& out, double seconds,
           bool int8) {
  std::printf("%zu parameters, learnt from %zu windows in %s s; %s\n", made.parameters,
              made.training_windows, text::rounded(seconds, 3).c_str(),
              made.report.interrupted ? "stopped, the best so far was kept" : "ended by itself");
  std::printf(
      "validation error %s on %zu later windows, in spreads squared; saying what is usual: %s\n",
      text::rounded(made.report.best.validation).c_str(), made.validation_windows,
      text::rounded(made.error_usual).c_str());
  if (int8 && made.error_written && made.error_float)
    std::printf("eight-bit weights: validation error %s instead of %s\n",
                text::rounded(*made.error_written).c_str(),
                text::rounded(*made.error_float).c_str());
  if (made.report.best.validation >= made.error_usual)
    std::printf(
        "note: it is no better than saying what is usual; it will find little. Give it a "
        "longer stretch or more epochs.\n");
  std::printf(
      "wrote %s.onnx and %s.card.json; in the twin file:\n  kind: network\n  model: "
      "%s.card.json   # counted from the twin file's folder\n",
      out.c_str(), out.c_str(), out.c_str());
}

Result<void> train(TrainOptions options, std::stop_token stop) {
  const auto kind = networks::network_kind(options.kind);
  if (!kind) return {ErrorCode::InvalidInput, "no kind of network '" + options.kind + "'"};
  auto& training = options.training;
  set_sizes(training.network, *kind);
  training.fit.seed = training.seed;
  training.program = "gemel " GEMEL_VERSION;
  GEMEL_ASSIGN(const auto read, read_detector_rows(options, stop));
  std::printf(
      "%s: %zu rows of %zu signals, one every %s s, from %s until %s\n", read.spec->path.c_str(),
      read.rows.rows(), read.rows.width, text::rounded(read.period.in_seconds()).c_str(),
      to_string(read.rows.times.front()).c_str(), to_string(read.rows.times.back()).c_str());
  Reporter reporter(training.fit.epochs);
  GEMEL_ASSIGN(const auto made, learning::train_network(
                                    *read.plant, *read.spec, read.rows, read.period, training,
                                    [&](const auto& epoch) { reporter.tell(epoch); }, stop));
  GEMEL_TRY(networks::write_network(options.out, made.card, made.onnx));
  print(made, options.out, reporter.seconds(), training.int8);
  return {};
}

}  // namespace

void add_train(CLI::App& app, Chosen& chosen) {
  auto* command = app.add_subcommand(
      "train", "Train a network for a detector, from history or recorded files.");
  auto options = std::make_shared<TrainOptions>();
  options->training.network.rows = 0;
  add_rows_options(*command, *options);
  command->add_option("--kind", options->kind, "lstm_autoencoder, patchtst, timesnet or mlp.")
      ->check(CLI::IsMember({"lstm_autoencoder", "patchtst", "timesnet", "mlp"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "Writes NAME.onnx and NAME.card.json.")
      ->required()
      ->type_name("NAME");
  auto& network = options->training.network;
  auto& fit = options->training.fit;
  command->add_option("--window", network.rows, "Rows it sees (default: 32 or 64).")
      ->check(CLI::Range(2, 4096));
  command
      ->add_option("--horizon", network.horizon,
                   "Rows it forecasts (default: 8; lstm_autoencoder forecasts none).")
      ->check(CLI::Range(1, 4096));
  command->add_option("--width", network.width, "Of its layers (default: by the kind).")
      ->check(CLI::Range(2, 1024));
  command->add_option("--epochs", fit.epochs, "At most.")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  command
      ->add_option("--patience", fit.patience,
                   "Ends after as many epochs without a smaller error on the last fifth.")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--rate", fit.rate, "Of learning.")
      ->check(CLI::Range(1e-7, 1.0))
      ->capture_default_str();
  command->add_option("--seed", options->training.seed, "Same seed, same network.")
      ->capture_default_str();
  command
      ->add_option("--threads", fit.shares,
                   "Parts that a batch is cut into, each on a core of its own; part of the recipe, "
                   "as the seed is.")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_flag("--int8", options->training.int8,
                    "Write weights as eight-bit integers; the loss of accuracy is shown.");
  command->footer(
      "Examples:\n"
      "  gemel train twin.yaml --detector pump_1.behaviour --history riverside.history \\\n"
      "      --kind lstm_autoencoder --out models/pump_1\n"
      "  gemel train twin.yaml --detector pump_1.behaviour --csv january.csv february.csv \\\n"
      "      --kind patchtst --window 96 --horizon 12 --out models/pump_1 --int8\n"
      "The last fifth of the rows stops the training early. Train on normal operation.");
  command->callback([=, &chosen] {
    chosen = [=](std::stop_token stop) {
      log::configure(log::Level::Warning, log::Format::Text);
      const auto done = train(*options, std::move(stop));
      return done ? kDone : fail(done.error());
    };
  });
}

}  // namespace gemel::app
