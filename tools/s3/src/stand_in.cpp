#include "stand_in.h"

#include <algorithm>
#include <boost/asio/use_future.hpp>
#include <charconv>

namespace pitview::s3 {
namespace {

constexpr int kDeepestKey = 6;
constexpr std::chrono::seconds kDrain{1};
constexpr std::size_t kMaxObject = std::size_t{256} << 20;

http::Response error(int status, const std::string& code) {
  http::Response response;
  response.status = status;
  response.content_type = "application/xml";
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code></Error>";
  return response;
}

int status_of(const std::string& fault) { return fault == "SlowDown" ? 503 : fault.starts_with("Author") ? 400 : 403; }

std::uint64_t number_of(std::string_view text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc{} && end == text.data() + text.size() ? number : otherwise;
}

// RFC 9110 §14.1.2: "bytes=0-99", "bytes=100-", "bytes=-100".
http::Response part_of(const std::string& object, std::string_view range) {
  http::Response response;
  response.content_type = "application/octet-stream";
  const std::uint64_t size = object.size();
  if (!range.starts_with("bytes=")) {
    response.body = object;
    return response;
  }
  range.remove_prefix(6);
  const std::size_t dash = range.find('-');
  std::uint64_t first = number_of(range.substr(0, dash), size);
  std::uint64_t last = std::min(number_of(range.substr(dash + 1), size), size - 1);
  if (dash == 0) {
    first = size - std::min(number_of(range.substr(1), 0), size);
    last = size - 1;
  }
  if (size == 0 || first > last) return error(416, "InvalidRange");
  response.status = 206;
  response.body = object.substr(first, last - first + 1);
  response.with("Content-Range",
                "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/" + std::to_string(size));
  return response;
}

std::string parameter(const http::Request& request, std::string_view name) {
  for (const auto& [known, value] : request.query)
    if (known == name) return value;
  return {};
}

}  // namespace

StandIn::StandIn(std::uint16_t port, std::string bucket, Credentials credentials)
    : bucket_(std::move(bucket)), credentials_(std::move(credentials)) {
  http::Router router;
  const http::RouteOptions large{.body_limit = kMaxObject};
  std::string pattern = "/" + bucket_;
  router.add(http::Method::get, pattern, [this](const http::Request& request) { return on_bucket(request); });
  for (int depth = 1; depth <= kDeepestKey; ++depth) {
    pattern += "/{part" + std::to_string(depth) + "}";
    for (const http::Method method : {http::Method::get, http::Method::put, http::Method::del})
      router.add(method, pattern, [this](const http::Request& request) { return on_object(request); }, large);
  }
  http::Options options;
  options.port = port;
  server_ = std::make_unique<http::Server>(runtime_, options, std::move(router));
  server_->start();
  thread_ = std::thread([this] { runtime_.run(); });
}

StandIn::~StandIn() {
  asio::co_spawn(runtime_.context(0), server_->stop(kDrain), asio::use_future).wait();
  runtime_.stop();
  thread_.join();
}

std::uint16_t StandIn::port() const { return server_->port(); }

Options StandIn::options() const {
  return {.endpoint = "http://127.0.0.1:" + std::to_string(port()),
          .bucket = bucket_,
          .region = credentials_.region,
          .access_key_id = credentials_.access_key_id,
          .secret_access_key = credentials_.secret_access_key};
}

std::map<std::string, std::string> StandIn::objects() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

void StandIn::set_object(const std::string& key, std::string bytes) {
  const std::lock_guard lock(mutex_);
  objects_[key] = std::move(bytes);
}

void StandIn::refuse_all(bool refuse) {
  const std::lock_guard lock(mutex_);
  refuses_ = refuse;
}

std::vector<std::string> StandIn::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void StandIn::set_page(std::size_t objects) {
  const std::lock_guard lock(mutex_);
  page_ = objects;
}

std::string StandIn::fault_of(const http::Request& request, const std::string& what) {
  requests_.push_back(what);
  if (refuses_) return "SlowDown";
  return fault_of_signature(request, credentials_, SystemClock().now());
}

Awaitable<http::Response> StandIn::on_object(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  const std::string key = request.path.substr(bucket_.size() + 2);
  const std::string fault = fault_of(request, std::string(name_of(request.method)) + " " + key);
  if (!fault.empty()) co_return error(status_of(fault), fault);
  if (request.method == http::Method::put) {
    objects_[key] = request.body;
    co_return http::Response{};
  }
  if (request.method == http::Method::del) {
    objects_.erase(key);
    co_return http::Response::no_content();
  }
  const auto object = objects_.find(key);
  if (object == objects_.end()) co_return error(404, "NoSuchKey");
  co_return part_of(object->second, request.header("Range"));
}

Awaitable<http::Response> StandIn::on_bucket(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  const std::string fault = fault_of(request, "LIST " + parameter(request, "prefix"));
  if (!fault.empty()) co_return error(status_of(fault), fault);
  if (parameter(request, "list-type") != "2") co_return error(400, "InvalidArgument");
  co_return list(request);
}

http::Response StandIn::list(const http::Request& request) const {
  const std::string prefix = parameter(request, "prefix");
  const std::string token = parameter(request, "continuation-token");
  const std::size_t most = std::min<std::size_t>(number_of(parameter(request, "max-keys"), 1'000), page_);
  std::string contents;
  std::string last;
  bool is_truncated = false;
  std::size_t count = 0;
  for (auto object = objects_.lower_bound(prefix); object != objects_.end() && object->first.starts_with(prefix);
       ++object) {
    // A token says nothing to who is given it; this one would break where it is not escaped.
    if (!token.empty() && "after+/=" + object->first <= token) continue;
    if (count == most) {
      is_truncated = true;
      break;
    }
    contents += "<Contents><Key>" + object->first + "</Key><Size>" + std::to_string(object->second.size()) +
                "</Size></Contents>";
    last = object->first;
    ++count;
  }
  http::Response response;
  response.content_type = "application/xml";
  response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult><IsTruncated>" +
                  std::string(is_truncated ? "true" : "false") + "</IsTruncated>" + contents +
                  (is_truncated ? "<NextContinuationToken>after+/=" + last + "</NextContinuationToken>" : "") +
                  "</ListBucketResult>";
  return response;
}

}  // namespace pitview::s3
