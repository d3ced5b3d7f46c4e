#pragma once
// A network that a server runs, asked over HTTP by the Open Inference Protocol, version 2, as
// Triton, KServe, TorchServe and others speak it.

#include <memory>

#include "base/result.hpp"
#include "networks/network_card.hpp"
#include "networks/served_network.hpp"

namespace gemel::networks {

/// Asks nothing yet: a server may start later than the twin. One connection, kept open and made
/// anew when it broke. An answer comes within the deadline or is an error.
/// Errors: InvalidInput (the URL). Of an answer: Timeout, Unavailable (nobody there), InvalidInput
/// (refused, in the server's words), Corruption (an answer that is none).
/// Source: Open Inference Protocol, REST, "inference".
Result<std::unique_ptr<ServedNetwork>> ask_server(const CardServer& server, const Shape& input,
                                                  const Shape& output);

}  // namespace gemel::networks
