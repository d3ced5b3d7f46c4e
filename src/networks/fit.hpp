#pragma once
// Training: Adam, early stopping, and the work of a batch shared out among the processors.

#include <cstdint>
#include <functional>
#include <stop_token>

#include "base/result.hpp"
#include "networks/network.hpp"
#include "networks/windows.hpp"

namespace gemel::networks {

struct FitOptions {
  std::size_t epochs = 50;      // at most
  std::size_t patience = 5;     // ends after as many epochs without a better validation
  std::size_t batch = 64;       // windows
  double rate = 1e-3;           // of learning; halved after each epoch that is no better
  double decay = 0.0;           // of weights, decoupled (Loshchilov, Hutter, ICLR 2019)
  double gradient_max = 5.0;    // longer gradients are shortened to this
  std::size_t windows_max = 0;  // of one epoch, drawn anew; 0: all
  std::size_t shares = 2;       // into which a batch is cut, each by its own thread if there is one
  std::uint64_t seed = 1;       // of the order of windows
};

struct Epoch {
  std::size_t number = 0;   // 1 is the first
  std::size_t windows = 0;  // learnt from so far, all epochs
  double training = 0.0;    // mean squared error, scaled units
  double validation = 0.0;
  bool best = false;
};

struct FitReport {
  std::size_t epochs = 0;
  std::size_t windows = 0;
  Epoch best;
  bool interrupted = false;  // stopped from outside; the best so far was kept
};

/// Leaves the network with the parameters of the epoch whose validation error was least. The same
/// network, windows, options and kind of processor give the same parameters, whatever the number of
/// threads. `told` is called after each epoch; a stop is heeded between batches.
/// Errors: InvalidInput (no windows to learn from or to validate with), Internal (the error became
/// no number: the rate is too large or the values are).
/// Source: Kingma, Ba, "Adam", ICLR 2015; Prechelt, "Early stopping, but when?", 1998.
Result<FitReport> fit(Network& network, const Windows& training, const Windows& validation,
                      const FitOptions& options, const std::function<void(const Epoch&)>& told = {},
                      std::stop_token stop = {});

/// Mean squared error over all windows, in scaled units.
double error_over(const Network& network, const Windows& windows);

}  // namespace gemel::networks
