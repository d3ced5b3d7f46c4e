#include "networks/inference_server.hpp"

#include <chrono>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <nlohmann/json.hpp>

namespace gemel::networks {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t kAnswerBytesMax = 16U << 20U;

struct Address {
  std::string host, port, path;
};

/// http://host[:port][/path]
Result<Address> parse_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme))
    return Error{ErrorCode::InvalidInput, "'" + url + "' must begin with http://"};
  std::string rest = url.substr(kScheme.size());
  Address out{.host = {}, .port = "80", .path = {}};
  if (const auto slash = rest.find('/'); slash != std::string::npos) {
    out.path = rest.substr(slash);
    rest.resize(slash);
    while (out.path.ends_with('/')) out.path.pop_back();
  }
  if (const auto colon = rest.rfind(':'); colon != std::string::npos && !rest.ends_with(']')) {
    out.port = rest.substr(colon + 1);
    rest.resize(colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  out.host = rest;
  if (out.host.empty() || out.port.empty())
    return Error{ErrorCode::InvalidInput, "'" + url + "' names no host"};
  return out;
}

class ServerNetwork final : public ServedNetwork {
 public:
  ServerNetwork(const CardServer& server, Address address, Shape input, Shape output)
      : server_(server),
        address_(std::move(address)),
        input_(std::move(input)),
        output_(std::move(output)),
        stream_(context_) {}

  Result<void> answer(std::span<const float> window, std::span<float> out) override {
    GEMEL_CHECK(window.size() == count(input_) && out.size() == count(output_));
    nlohmann::json body;
    body["inputs"] = {{{"name", "window"},
                       {"shape", input_},
                       {"datatype", "FP32"},
                       {"data", std::vector<float>(window.begin(), window.end())}}};
    auto response = exchange(body.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    if (!response) return response.error().within(server_.url + ", network " + server_.model);
    return read(*response, out);
  }
  const Shape& input_shape() const override { return input_; }
  const Shape& output_shape() const override { return output_; }

 private:
  using Response = http::response<http::string_body>;

  Error failed(error_code why) {
    error_code ignored;
    stream_.socket().close(ignored);
    if (why == beast::error::timeout)
      return {ErrorCode::Timeout,
              "no answer within " + std::to_string(server_.deadline.ns / 1'000'000) + " ms"};
    return {ErrorCode::Unavailable, "nobody answers (" + why.message() + ")"};
  }

  /// Within what is left of the deadline. A connection that was kept open may have been closed by
  /// the server meanwhile: then once more on a new one.
  Result<Response> exchange(const std::string& body) {
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::nanoseconds(server_.deadline.ns);
    const bool kept = stream_.socket().is_open();
    Response response;
    auto error = kept ? talk(body, until, response) : connect_and_talk(body, until, response);
    if (error && kept && error != beast::error::timeout) {
      error_code ignored;
      stream_.socket().close(ignored);
      error = connect_and_talk(body, until, response);
    }
    if (error) return failed(error);
    if (!response.keep_alive()) {
      error_code ignored;
      stream_.socket().close(ignored);
    }
    return response;
  }

  using Until = std::chrono::steady_clock::time_point;

  error_code connect_and_talk(const std::string& body, Until until, Response& response) {
    error_code error;
    if (endpoints_.empty()) {
      // Once: names are looked up without a time limit.
      endpoints_ = tcp::resolver(context_).resolve(address_.host, address_.port, error);
      if (error) return error;
    }
    stream_.expires_at(until);
    stream_.async_connect(endpoints_, [&](error_code step, const tcp::endpoint&) { error = step; });
    run();
    if (error) return error;
    stream_.socket().set_option(tcp::no_delay(true), error);
    return talk(body, until, response);
  }

  error_code talk(const std::string& body, Until until, Response& response) {
    http::request<http::string_body> request{
        http::verb::post, address_.path + "/v2/models/" + server_.model + "/infer", 11};
    request.set(http::field::host, address_.host + ":" + address_.port);
    request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    error_code error;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytesMax);
    beast::flat_buffer buffer;
    stream_.expires_at(until);
    http::async_write(stream_, request, [&](error_code step, std::size_t) {
      error = step;
      if (step) return;
      http::async_read(stream_, buffer, parser,
                       [&](error_code read, std::size_t) { error = read; });
    });
    run();
    if (!error) response = parser.release();
    return error;
  }

  void run() {
    context_.restart();
    context_.run();
  }

  Result<void> read(const Response& response, std::span<float> out) const {
    const auto json = nlohmann::json::parse(response.body(), nullptr, false);
    const std::string who = server_.url + ", network " + server_.model + ": ";
    if (response.result_int() != 200) {
      const bool told = json.is_object() && json.contains("error") && json["error"].is_string();
      return {ErrorCode::InvalidInput,
              who + "the server answered " + std::to_string(response.result_int()) +
                  (told ? ": " + json["error"].get<std::string>().substr(0, 300) : "")};
    }
    const auto broken = [&](const std::string& what) {
      return Error{ErrorCode::Corruption, who + what};
    };
    if (!json.is_object() || !json.contains("outputs") || !json["outputs"].is_array() ||
        json["outputs"].empty() || !json["outputs"][0].is_object() ||
        !json["outputs"][0].contains("data"))
      return broken("the answer has no outputs[0].data");
    const auto& data = json["outputs"][0]["data"];
    std::size_t n = 0;
    if (!flatten(data, out, n))
      return broken("outputs[0].data holds what is no number, or more than " +
                    std::to_string(out.size()) + " of them");
    if (n != out.size())
      return broken("outputs[0].data holds " + std::to_string(n) + " numbers; the card asks for " +
                    to_string(output_));
    return check_numbers(out, who + "the answer");
  }

  /// The protocol allows a tensor flat or nested, at most as deep as it has dimensions.
  static bool flatten(const nlohmann::json& data, std::span<float> out, std::size_t& n,
                      int depth = 0) {
    if (!data.is_array() || depth > 8) return false;
    for (const auto& item : data) {
      if (item.is_array()) {
        if (!flatten(item, out, n, depth + 1)) return false;
        continue;
      }
      if (!item.is_number() || n == out.size()) return false;
      out[n++] = item.get<float>();
    }
    return true;
  }

  CardServer server_;
  Address address_;
  Shape input_, output_;
  asio::io_context context_;
  beast::tcp_stream stream_;
  tcp::resolver::results_type endpoints_;
};

}  // namespace

Result<std::unique_ptr<ServedNetwork>> ask_server(const CardServer& server, const Shape& input,
                                                  const Shape& output) {
  GEMEL_ASSIGN(auto address, parse_url(server.url));
  for (const char c : server.model) {
    const bool plain =
        std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' || c == '/';
    if (!plain)
      return Error{ErrorCode::InvalidInput,
                   "a server's network is named by letters, digits and "
                   "._-/, not '" +
                       server.model + "'"};
  }
  try {
    return std::unique_ptr<ServedNetwork>(
        std::make_unique<ServerNetwork>(server, std::move(address), input, output));
  } catch (const boost::system::system_error& error) {  // no file descriptor left, for one
    return Error{ErrorCode::Unavailable, server.url + " can't be asked: " + error.what()};
  }
}

}  // namespace gemel::networks
