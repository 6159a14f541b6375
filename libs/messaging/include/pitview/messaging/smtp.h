// E-mail, by SMTP to the server that takes our mail in (RFC 6409), with libcurl.
//
// At least once: what was sent and not answered (Delivery::is_uncertain) and is sent again may arrive twice. It is then
// the same mail, byte for byte, with the same Message-ID, by which mailboxes know it.
//
// Calls block, for as long as `timeout` and a second more; any thread, several at once; each mail has a connection of
// its own. Nothing is retried, logged or kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pitview/base/time.h"
#include "pitview/messaging/delivery.h"

namespace pitview::messaging {

// How the connection is encrypted. A certificate is checked wherever there is one.
enum class SmtpTls : std::uint8_t {
  starttls,    // by STARTTLS, or not at all
  if_offered,  // by STARTTLS where the server offers it; then without a user, who would be told to anyone listening
  implicit,    // from the first byte (port 465)
  none,        // in the clear: on this machine only
};

struct SmtpOptions {
  std::string host;  // a name or an address
  std::uint16_t port = 587;
  SmtpTls tls = SmtpTls::starttls;
  std::string ca_file;  // PEM, instead of the system's authorities; ""
  std::string user;     // "": no AUTH
  std::string password;
  std::string from;       // an address; the Message-ID and bounces are of it
  std::string from_name;  // "Autofilm Studio"; ""
  std::string reply_to;   // an address; ""
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{60'000};  // of a call, connecting included
};

struct Attachment {
  std::string name;                              // "invoice.pdf", 1 to 200 bytes
  std::string content_type = "application/pdf";  // "type/subtype"
  std::string bytes;                             // at most Smtp::kMaxAttachment
};

struct Mail {
  std::string key;  // our name for it, 1 to 64 of a-z, A-Z, 0-9, "-" and "_"; with the domain of `from` the Message-ID
  Timestamp date;   // when it was written: the same in every attempt
  std::string to;   // an address
  std::string subject;          // one line, 1 to 200 characters
  std::string text;             // UTF-8, not empty; at most kMaxText bytes, as has the next
  std::string html;             // the same for who reads HTML; "": there is none
  std::string unsubscribe_url;  // for List-Unsubscribe; ""
  std::optional<Attachment> attachment;
};

class Smtp {
 public:
  static constexpr std::size_t kMaxText = std::size_t{1} << 20;
  static constexpr std::size_t kMaxAttachment = std::size_t{8} << 20;

  // std::invalid_argument, which names the option: it is none, or would send a password in the clear.
  explicit Smtp(SmtpOptions options);
  ~Smtp();
  Smtp(const Smtp&) = delete;
  Smtp& operator=(const Smtp&) = delete;

  // What is too long, is no UTF-8 or has a line break in one line is refused before a connection is made. provider_id
  // is the Message-ID, without its brackets.
  Delivery send(const Mail& mail);

 private:
  struct Parts;

  const SmtpOptions options_;
  const std::unique_ptr<Parts> parts_;
};

// local@domain as SMTP sends it without extensions: ASCII, no quotes, at most 64 and 253 bytes. A domain of other
// letters is written in its ASCII form ("xn--…").
bool is_mail_address(std::string_view text) noexcept;

}  // namespace pitview::messaging
