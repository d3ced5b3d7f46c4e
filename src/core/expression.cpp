#include "core/expression.hpp"

namespace gemel {

bool compare(double left, Comparison comparison, double right) {
  switch (comparison) {
    case Comparison::Less:
      return left < right;
    case Comparison::LessEqual:
      return left <= right;
    case Comparison::Greater:
      return left > right;
    case Comparison::GreaterEqual:
      return left >= right;
    case Comparison::Equal:
      return left == right;
    case Comparison::NotEqual:
      return left != right;
  }
  return false;
}

}  // namespace gemel
