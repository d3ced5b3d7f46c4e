#pragma once
// What explains a measurement that was not expected: a state that changed at once, or a value that
// is wrong.

#include <functional>
#include <optional>
#include <vector>

#include <Eigen/Dense>

namespace gemel::estimation::detail {

/// How far a measurement of `count` independent values is from what was expected, as a standard
/// normal deviate: `squares` is their sum of squares in spreads. (Wilson & Hilferty, 1931.)
double deviate_of(double squares, Eigen::Index count);

/// What may have happened: one state changed at once, or two together, or one value is wrong.
struct Hypothesis {
  struct Change {
    Eigen::Index index = 0;
    double by = 0.0;        // the most likely one
    double variance = 0.0;  // of that
  };
  std::vector<Change> of_states;
  std::optional<Change> of_value;
  double ratio = 0.0;  // twice the logarithm of its likelihood ratio, priors counted
};

struct Unexpected {
  Eigen::VectorXd off;        // measured − expected
  Eigen::MatrixXd spread;     // covariance of that
  Eigen::VectorXd wrong;      // variance that each value was already given
  Eigen::VectorXd mean;       // of the states before they moved to the present moment
  Eigen::VectorXd sudden;     // standard deviation of a sudden change of each; 0: there is none
  Eigen::VectorXd low, high;  // bounds of each
  /// What states of then show now, each a column. Shapes: states × any → values × any.
  std::function<Eigen::MatrixXd(const Eigen::MatrixXd& states)> shown;
};

/// The hypothesis that explains most. None where no one explains enough to be believed.
/// Generalised likelihood ratio: Willsky & Jones, IEEE Trans. Automatic Control 21, 1976; of the
/// present measurement alone, the change (made when the last measurement was taken) found by what
/// the states truly show rather than by their slopes.
std::optional<Hypothesis> likeliest(const Unexpected& seen);

}  // namespace gemel::estimation::detail
