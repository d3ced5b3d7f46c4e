#pragma once
// Commands to the plant over MQTT, and the plant's answers.

#include <memory>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/actuator.hpp"
#include "core/plant.hpp"

namespace gemel::connectors::mqtt {

/// One actuator for every MQTT source that a control is bound to, with a connection of its own to
/// each (client id `<id>-commands`, clean session): a flood of samples does not delay a command.
///
/// A command is published with QoS 1 to its control's topic as
/// {"id","value","unit","issued","expires","by","reason"}, times in epoch milliseconds, and send()
/// returns when the broker has confirmed it. Answers {"id","accepted","reason"} come from the topic
/// in which "/set/…" is replaced by
/// "/ack". Nothing is kept for later: without a link send() says Unavailable, and a command that
/// was not confirmed in time is dropped together with its connection.
///
/// Order:    run() keeps the links; until it runs, send() says Unavailable.
/// Threads:  run() on a thread that engine gives it; send() and replies() from the engine's.
/// Lifetime: `plant` and `clock` must outlive the actuator.
/// Errors:   InvalidInput (a URL or topic of the twin file that can't work). Null when no control
/// is bound to MQTT.
Result<std::unique_ptr<Actuator>> make_mqtt_actuator(const Plant& plant, const Clock& clock);

}  // namespace gemel::connectors::mqtt
