#include "pitview/rtsp/message.h"

#include <algorithm>
#include <cstring>

#include "text.h"

namespace pitview::rtsp {
namespace {

constexpr std::uint8_t kDollar = '$';
constexpr std::string_view kVersion = "RTSP/1.";

Error not_rtsp(const char* what) { return {Errc::validation_failed, std::string("RTSP: ") + what, {}, 0}; }

// Length of the header section with its empty line; lines may end with LF alone, as
// some cameras write them.
std::optional<std::size_t> header_end(std::string_view text) {
  const std::size_t strict = text.find("\r\n\r\n");
  const std::size_t loose = text.find("\n\n");
  if (strict == std::string_view::npos && loose == std::string_view::npos) return std::nullopt;
  return std::min(strict == std::string_view::npos ? strict : strict + 4,
                  loose == std::string_view::npos ? loose : loose + 2);
}

Headers read_headers(std::string_view lines) {
  Headers headers;
  while (!lines.empty()) {
    const std::string_view line = text::trimmed(text::cut(lines, '\n'));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    headers.emplace_back(text::trimmed(line.substr(0, colon)), text::trimmed(line.substr(colon + 1)));
  }
  return headers;
}

std::string_view find(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (text::equal(key, name)) return value;
  return {};
}

}  // namespace

std::string write(const Request& request) {
  std::string out = request.method + " " + request.uri + " RTSP/1.0\r\nCSeq: " + std::to_string(request.cseq) +
                    "\r\nUser-Agent: PitView\r\n";
  for (const auto& [name, value] : request.headers) out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

std::string_view Response::header(std::string_view name) const noexcept { return find(headers, name); }

std::vector<std::string_view> Response::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : headers)
    if (text::equal(key, name)) values.push_back(value);
  return values;
}

std::span<std::uint8_t> Parser::prepare(std::size_t size) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < size && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < size) buffer_.resize(end_ + size);
  return std::span(buffer_).subspan(end_);
}

void Parser::commit(std::size_t size) { end_ += size; }

Result<std::optional<Message>> Parser::next() {
  // Line breaks between messages are passed over (RFC 2326, 4.1 by way of HTTP).
  while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
  const std::span<const std::uint8_t> left(buffer_.data() + begin_, end_ - begin_);
  if (left.empty()) return std::optional<Message>();
  if (left[0] != kDollar) return next_text();
  if (left.size() < 4) return std::optional<Message>();
  const std::size_t size = static_cast<std::size_t>(left[2]) << 8 | left[3];
  if (left.size() < 4 + size) return std::optional<Message>();
  begin_ += 4 + size;
  return std::optional<Message>(Interleaved{left[1], left.subspan(4, size)});
}

Result<std::optional<Message>> Parser::next_text() {
  const std::string_view left(reinterpret_cast<const char*>(buffer_.data() + begin_), end_ - begin_);
  const auto header = header_end(left.substr(0, kMaxHeader));
  if (!header) {
    if (left.size() >= kMaxHeader) return not_rtsp("a header section without end.");
    return std::optional<Message>();
  }
  std::string_view lines = left.substr(0, *header);
  std::string_view first = text::trimmed(text::cut(lines, '\n'));
  Headers headers = read_headers(lines);
  const std::string_view length = find(headers, "Content-Length");
  const auto body = length.empty() ? std::optional<std::uint32_t>(0) : text::number(length, kMaxBody);
  if (!body) return not_rtsp("a body of more than 64 KiB or of no length.");
  if (left.size() < *header + *body) return std::optional<Message>();
  begin_ += *header + *body;

  if (!text::starts_with(first, kVersion)) {
    const std::string_view method = text::cut(first, ' ');
    if (method.empty() || first.find(kVersion) == std::string_view::npos)
      return not_rtsp("a first line that is neither request nor status.");
    return std::optional<Message>(PeerRequest{std::string(method), std::string(find(headers, "CSeq"))});
  }
  text::cut(first, ' ');
  const auto status = text::number(text::cut(first, ' '), 599);
  if (!status || *status < 100) return not_rtsp("a status that is no number from 100 to 599.");
  return std::optional<Message>(
      Response{*status, std::string(first), std::move(headers), std::string(left.substr(*header, *body))});
}

Session parse_session(std::string_view header) {
  Session session;
  session.id = std::string(text::trimmed(text::cut(header, ';')));
  if (const auto timeout = parameter(header, "timeout"))
    if (const auto seconds = text::number(*timeout, 86'400); seconds && *seconds > 0) session.timeout_s = *seconds;
  return session;
}

std::optional<std::string_view> parameter(std::string_view list, std::string_view name) noexcept {
  while (!list.empty()) {
    std::string_view part = text::trimmed(text::cut(list, ';'));
    if (text::equal(text::trimmed(text::cut(part, '=')), name)) return text::trimmed(part);
  }
  return std::nullopt;
}

}  // namespace pitview::rtsp
