// Where samples come from.

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.hpp"
#include "spec/detail/characters.hpp"
#include "spec/detail/draft.hpp"
#include "spec/detail/fields.hpp"
#include "spec/detail/quantity.hpp"

namespace gemel::spec {
namespace {

constexpr std::array<std::string_view, 13> kMqttKeys{
    "url",        "topics", "payload",     "version", "qos",  "client_id",    "session_expiry",
    "keep_alive", "ca",     "certificate", "key",     "user", "password_file"};
constexpr std::array<std::string_view, 4> kFilesKeys{"paths", "separator", "time", "speed"};
constexpr std::array<std::string_view, 1> kLineProtocolKeys{"bucket"};

class SourceBuild {
 public:
  SourceBuild(Draft& draft, const Node::Entry& entry)
      : draft_(draft), entry_(entry), fields_(*entry.value) {}

  void add() {
    const std::string kind = fields_.text("kind");
    if (kind.empty()) return;
    Source source;
    source.name = entry_.key;
    if (kind == "mqtt") {
      source.settings = mqtt();
    } else if (kind == "files" || kind == "csv") {
      source.settings = files();
    } else if (kind == "line_protocol") {
      source.settings = line_protocol();
    } else {
      return;  // reported with the form
    }
    if (kind != "mqtt") refuse_keys(kMqttKeys, "mqtt");
    if (kind != "files" && kind != "csv") refuse_keys(kFilesKeys, "files");
    if (kind != "line_protocol") refuse_keys(kLineProtocolKeys, "line_protocol");
    draft_.sources_by_name.emplace(entry_.key,
                                   static_cast<std::uint32_t>(draft_.plant.sources.size()));
    draft_.plant.sources.push_back(std::move(source));
  }

 private:
  void refuse_keys(std::span<const std::string_view> keys, std::string_view kind) {
    for (const auto key : keys) {
      if (const Node* node = fields_.find(key)) {
        draft_.problems.error(
            node->at, fmt::format("'{}' belongs to sources of kind {}; remove it", key, kind));
      }
    }
  }

  MqttSource mqtt() {
    MqttSource mqtt;
    mqtt.url = fields_.text("url");
    check_url(mqtt.url);
    for (const Node* topic : fields_.items("topics")) {
      if (topic->is_text()) mqtt.topics.push_back(topic->text);
    }
    mqtt.version = fields_.text("version") == "3.1.1" ? 4 : 5;
    mqtt.qos = fields_.text("qos") == "0" ? 0 : 1;
    mqtt.client_id = fields_.text("client_id");
    mqtt.session_expiry = fields_.duration("session_expiry", mqtt.session_expiry);
    mqtt.keep_alive = fields_.duration("keep_alive", mqtt.keep_alive);
    mqtt.ca_file = file("ca");
    mqtt.certificate_file = file("certificate");
    mqtt.key_file = file("key");
    mqtt.user = fields_.text("user");
    mqtt.password_file = file("password_file");
    if (mqtt.certificate_file.empty() != mqtt.key_file.empty()) {
      draft_.problems.error(entry_.value->at,
                            "'certificate' and 'key' belong together; give both or none");
    }
    return mqtt;
  }

  void check_url(const std::string& url) {
    const Node* node = fields_.find("url");
    if (node == nullptr)
      return draft_.problems.error(
          entry_.at, fmt::format("source '{}' lacks 'url', such as mqtt://host:1883", entry_.key));
    if (url.find("${") != std::string::npos) return;  // a variable that is not set was reported
    const auto scheme = url.find("://");
    const auto name = url.substr(0, scheme);
    std::string_view host =
        scheme == std::string::npos ? std::string_view() : std::string_view(url).substr(scheme + 3);
    double port = 0;
    bool good = (name == "mqtt" || name == "mqtts") && !host.empty() &&
                host.find_first_of(" /?#") == std::string_view::npos;
    if (const auto colon = host.rfind(':');
        good && colon != std::string_view::npos && host.back() != ']') {
      good = colon > 0 && text::parse_number(host.substr(colon + 1), port) && port >= 1 &&
             port <= 65535 && port == static_cast<int>(port);
    }
    if (!good)
      draft_.problems.error(
          node->at,
          fmt::format("'{}' is no address of a broker; write mqtt://host:1883 or mqtts://host:8883",
                      shown(url)));
  }

  /// A file that the key names, counted from the twin file's folder.
  std::string file(std::string_view key) {
    const Node* node = fields_.find_text(key);
    return node == nullptr || node->text.empty() ? std::string() : existing(*node, key);
  }

  std::string existing(const Node& node, std::string_view key) {
    const std::string path = draft_.located(node.text);
    std::error_code ignored;
    if (path.find('\0') != std::string::npos || !std::filesystem::is_regular_file(path, ignored)) {
      // A twin file is often checked on another machine than it runs on.
      draft_.problems.warning(node.at, fmt::format("'{}': there is no file {}", key, shown(path)));
    }
    return path;
  }

  FileSource files() {
    FileSource files;
    for (const Node* path : fields_.one_or_more("paths")) {
      if (path->is_text()) files.paths.push_back(existing(*path, "paths"));
    }
    if (files.paths.empty())
      draft_.problems.error(entry_.at,
                            fmt::format("source '{}' lacks 'paths', its CSV files", entry_.key));
    files.time_column = fields_.text("time");
    if (const Node* separator = fields_.find_text("separator"))
      files.separator = separator_of(*separator);
    if (const Node* speed = fields_.find_text("speed")) files.speed = speed_of(*speed);
    return files;
  }

  /// Which source takes a write must be plain: each bucket has one, and one at most takes any.
  LineProtocolSource line_protocol() {
    LineProtocolSource settings{fields_.text("bucket")};
    for (const auto& other : draft_.plant.sources) {
      const auto* taken = std::get_if<LineProtocolSource>(&other.settings);
      if (taken == nullptr || taken->bucket != settings.bucket) continue;
      draft_.problems.error(
          entry_.at,
          settings.bucket.empty()
              ? fmt::format("sources '{}' and '{}' both take every write; give each its 'bucket'",
                            other.name, entry_.key)
              : fmt::format("sources '{}' and '{}' both take the bucket '{}'; name another",
                            other.name, entry_.key, shown(settings.bucket)));
    }
    return settings;
  }

  char separator_of(const Node& node) {
    if (node.text == "tab" || node.text == "\t") return '\t';
    if (node.text.size() == 1) return node.text[0];
    draft_.problems.error(
        node.at, fmt::format("'separator' is one character or 'tab', not '{}'", shown(node.text)));
    return 0;
  }

  double speed_of(const Node& node) {
    double speed = 0;
    if (node.text == "as fast as possible") return 0.0;
    if (text::parse_number(node.text, speed) && speed >= 0.0) return speed;
    draft_.problems.error(
        node.at,
        fmt::format("'speed' is a number, not below zero, or 'as fast as possible', not '{}'",
                    shown(node.text)));
    return 1.0;
  }

  Draft& draft_;
  const Node::Entry& entry_;
  const Fields fields_;
};

}  // namespace

void build_sources(Draft& draft, const Node& twin) {
  for (const auto& entry : Fields(twin).entries("sources")) {
    if (entry.value != nullptr && entry.value->is_table()) SourceBuild(draft, entry).add();
  }
}

}  // namespace gemel::spec
