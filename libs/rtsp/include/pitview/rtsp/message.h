// RTSP 1.0 (RFC 2326) as bytes: requests out, and in whatever a camera sends on its
// connection: responses, requests of its own, and interleaved RTP (section 10.12).
// Sans-I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::rtsp {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  // "DESCRIBE"
  std::string uri;     // without user name and password
  unsigned cseq = 0;
  Headers headers = {};
};

// As it goes over the wire; nothing of it may hold a line break.
std::string write(const Request& request);

struct Response {
  unsigned status = 0;  // 100 to 599
  std::string reason;
  Headers headers;
  std::string body;

  // The first of that name, in any case; "" when there is none.
  std::string_view header(std::string_view name) const noexcept;
  std::vector<std::string_view> all(std::string_view name) const;
};

// A request of the camera's own. It wants an answer, 501 will do.
struct PeerRequest {
  std::string method;
  std::string cseq;
};

// A packet that came between the messages. The bytes are good until the next call.
struct Interleaved {
  std::uint8_t channel = 0;
  std::span<const std::uint8_t> payload;
};

using Message = std::variant<Response, PeerRequest, Interleaved>;

// The stream of one connection, in pieces of any size. Bounded: a header section of
// 16 KiB, a body of 64 KiB. After an error the connection is to be closed.
class Parser {
 public:
  static constexpr std::size_t kMaxHeader = 16'384;
  static constexpr std::size_t kMaxBody = 65'536;

  // Room for at least `size` more bytes, to read into.
  std::span<std::uint8_t> prepare(std::size_t size);
  void commit(std::size_t size);

  // The next whole message, or none yet. validation_failed: this is no RTSP, or it
  // is beyond the bounds.
  Result<std::optional<Message>> next();

 private:
  Result<std::optional<Message>> next_text();

  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;  // of what is not parsed yet
  std::size_t end_ = 0;
};

// The session id and timeout of a Session header: "4F2A;timeout=60".
struct Session {
  std::string id;
  unsigned timeout_s = 60;  // RFC 2326, 12.37
};
Session parse_session(std::string_view header);

// The value of `name` in a list such as "RTP/AVP;unicast;server_port=6970-6971".
std::optional<std::string_view> parameter(std::string_view list, std::string_view name) noexcept;

}  // namespace pitview::rtsp
