#include "pitview/s3/client.h"

#include <algorithm>
#include <charconv>

#include "answer_xml.h"
#include "content_hash.h"
#include "pitview/curl/handles.h"

namespace pitview::s3 {
namespace {

constexpr long kConnectSeconds = 5;
// Fewer than a kilobyte a second for so long: it hangs.
constexpr long kSlowBytes = 1'024;
constexpr long kSlowSeconds = 15;
constexpr std::size_t kMaxText = std::size_t{4} << 20;  // of a listing, or of an error
constexpr std::size_t kBlock = std::size_t{256} << 10;

struct Incoming {
  std::string body{};
  std::size_t limit = 0;
};

std::size_t take(char* bytes, std::size_t, std::size_t size, void* into) {
  auto& incoming = *static_cast<Incoming*>(into);
  if (incoming.body.size() + size > incoming.limit) return 0;  // ends the transfer
  incoming.body.append(bytes, size);
  return size;
}

struct Outgoing {
  const Content& content;
  std::uint64_t sent = 0;
};

std::size_t give(char* out, std::size_t, std::size_t room, void* from) {
  auto& outgoing = *static_cast<Outgoing*>(from);
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>({room, kBlock, outgoing.content.size - outgoing.sent}));
  const std::string bytes = size == 0 ? std::string() : outgoing.content.read(outgoing.sent, size);
  if (bytes.size() != size) return CURL_READFUNC_ABORT;
  std::copy(bytes.begin(), bytes.end(), out);
  outgoing.sent += size;
  return size;
}

// A kept connection that turns out to be dead is replaced, and what went into it is sent again.
int seek(void* from, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Outgoing*>(from)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

std::string escaped(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> out(
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), &curl_free);
  if (!out) throw std::bad_alloc();
  return out.get();
}

bool is_key(std::string_view key) noexcept {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '/';
  };
  // What an HTTP library would take out of a path.
  return !key.empty() && key.front() != '/' && key.find("//") == std::string_view::npos &&
         key.find("..") == std::string_view::npos && key.find("./") == std::string_view::npos &&
         std::all_of(key.begin(), key.end(), fits);
}

Error no_key(const std::string& key) { return {Errc::validation_failed, "'" + key + "' is no key of ours.", {}, 0}; }

}  // namespace

struct Client::Request {
  const char* method = "GET";
  std::string target{};  // "/bucket/key?query"
  std::string range{};   // "0-99"
  const Content* content = nullptr;
  std::size_t limit = kMaxText;  // bytes of an answer
};

struct Client::Answer {
  long status = 0;
  std::string body;
  std::string content_range;
};

class Client::Handles : public curl::HandlePool {};

Client::Client(Options options) : options_(std::move(options)), handles_(std::make_unique<Handles>()) {}

Client::~Client() = default;

Result<> Client::put(const std::string& key, const Content& content) {
  if (!is_key(key)) return no_key(key);
  const auto answer = send({.method = "PUT", .target = "/" + options_.bucket + "/" + key, .content = &content});
  if (!answer) return answer.error();
  return Done{};
}

Result<> Client::put(const std::string& key, std::string_view bytes) {
  return put(key, Content{.size = bytes.size(), .read = [bytes](std::uint64_t offset, std::size_t size) {
                            return std::string(bytes.substr(offset, size));
                          }});
}

Result<Range> Client::get(const std::string& key, std::uint64_t offset, std::size_t size) {
  if (!is_key(key)) return no_key(key);
  auto answer = send({.target = "/" + options_.bucket + "/" + key,
                      .range = std::to_string(offset) + "-" + std::to_string(offset + size - 1),
                      .limit = size});
  if (!answer) return answer.error();
  Range got{.bytes = std::move(answer->body), .object_size = 0};
  got.object_size = got.bytes.size();
  if (got.bytes.size() > size) return Error{Errc::unavailable, "The object store gives no parts of objects.", {}, 0};
  // "bytes 0-99/1234"; without it this is all of the object.
  const std::string& said = answer->content_range;
  if (const std::size_t slash = said.find('/'); slash != std::string::npos)
    std::from_chars(said.data() + slash + 1, said.data() + said.size(), got.object_size);
  return got;
}

Result<> Client::remove(const std::string& key) {
  if (!is_key(key)) return no_key(key);
  const auto answer = send({.method = "DELETE", .target = "/" + options_.bucket + "/" + key});
  if (!answer && answer.error().code != Errc::not_found) return answer.error();
  return Done{};
}

Result<Listing> Client::list(const std::string& prefix, const std::string& from) {
  // In the order of their names, which is how they are signed.
  std::string query = "?";
  if (!from.empty()) query += "continuation-token=" + escaped(from) + "&";
  query += "list-type=2&max-keys=1000&prefix=" + escaped(prefix);
  const auto answer = send({.target = "/" + options_.bucket + query});
  if (!answer) return answer.error();
  auto listing = read_listing(answer->body);
  if (!listing) return Error{Errc::unavailable, "The object store answers what is no listing.", {}, 0};
  return std::move(*listing);
}

Result<Client::Answer> Client::send(const Request& request) {
  const auto hash = request.content == nullptr ? std::optional(hash_of_nothing()) : hash_of(*request.content);
  if (!hash) return Error{Errc::internal_error, "What was to be stored cannot be read.", {}, 0};
  const curl::Handle handle = handles_->take();
  Incoming incoming{.limit = std::max(request.limit, kMaxText)};
  Outgoing outgoing{.content = request.content == nullptr ? Content{} : *request.content};
  curl::Strings headers;
  headers.add("x-amz-content-sha256: " + *hash);
  headers.add("Content-Type:");  // S3 asks for none; and what we do not send need not be signed
  headers.add("Expect:");

  const std::string scheme = options_.endpoint.substr(0, options_.endpoint.find(':'));
  handle.set(CURLOPT_URL, (options_.endpoint + request.target).c_str());
  handle.set(CURLOPT_PROTOCOLS_STR, scheme.c_str());
  if (scheme == "http") handle.set(CURLOPT_NOPROXY, "*");
  handle.set(CURLOPT_PATH_AS_IS, 1L);
  handle.set(CURLOPT_CUSTOMREQUEST, request.method);
  handle.set(CURLOPT_AWS_SIGV4, ("aws:amz:" + options_.region + ":s3").c_str());
  handle.set(CURLOPT_USERNAME, options_.access_key_id.c_str());
  handle.set(CURLOPT_PASSWORD, options_.secret_access_key.c_str());
  handle.set(CURLOPT_HTTPHEADER, headers.get());
  handle.set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  handle.set(CURLOPT_LOW_SPEED_LIMIT, kSlowBytes);
  handle.set(CURLOPT_LOW_SPEED_TIME, kSlowSeconds);
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_WRITEFUNCTION, &take);
  handle.set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  if (!request.range.empty()) handle.set(CURLOPT_RANGE, request.range.c_str());
  if (request.content != nullptr) {
    handle.set(CURLOPT_UPLOAD, 1L);
    handle.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.content->size));
    handle.set(CURLOPT_READFUNCTION, &give);
    handle.set(CURLOPT_READDATA, static_cast<void*>(&outgoing));
    handle.set(CURLOPT_SEEKFUNCTION, &seek);
    handle.set(CURLOPT_SEEKDATA, static_cast<void*>(&outgoing));
  }
  if (const std::string failure = handle.perform_or_why(); !failure.empty())
    return Error{Errc::unavailable, "The object store does not answer: " + failure, {}, 0};
  Answer answer{
      .status = handle.status(), .body = std::move(incoming.body), .content_range = handle.header("Content-Range")};
  if (answer.status / 100 == 2) return answer;
  return error_of(static_cast<int>(answer.status), answer.body);
}

bool is_endpoint(std::string_view text) noexcept {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view host = text.substr(scheme.size());
    return !host.empty() && host.find_first_of("/?#@ ") == std::string_view::npos;
  }
  return false;
}

bool is_bucket(std::string_view text) noexcept {
  return text.size() >= 3 && text.size() <= 63 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string_view::npos;
}

}  // namespace pitview::s3
