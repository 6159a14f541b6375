#include "pitview/messaging/smtp.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "checks.h"
#include "mail_text.h"
#include "pitview/curl/handles.h"
#include "smtp_replies.h"

namespace pitview::messaging {
namespace {

struct Outgoing {
  std::string_view text;
  std::size_t sent = 0;
  bool is_complete() const noexcept { return sent == text.size(); }
};

std::size_t give(char* out, std::size_t, std::size_t room, void* from) {
  auto& outgoing = *static_cast<Outgoing*>(from);
  const std::string_view some = outgoing.text.substr(outgoing.sent, room);
  std::copy(some.begin(), some.end(), out);
  outgoing.sent += some.size();
  return some.size();
}

// libcurl hands every line of the server to who asks for the header. 221 is the answer to the QUIT that follows
// whatever was wrong.
std::size_t hear(char* bytes, std::size_t, std::size_t size, void* into) {
  std::string code = smtp_code_of({bytes, size});
  if (!code.empty() && !code.starts_with("221")) *static_cast<std::string*>(into) = std::move(code);
  return size;
}

// libcurl's own limit does not hold while it waits for the answer to its QUIT.
int is_over(void* deadline, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return std::chrono::steady_clock::now() > *static_cast<const std::chrono::steady_clock::time_point*>(deadline) ? 1
                                                                                                                 : 0;
}

std::size_t drop(char*, std::size_t, std::size_t size, void*) { return size; }

void check(bool is_good, const char* option) {
  if (!is_good) throw std::invalid_argument(std::string("SMTP: ") + option + " is not valid");
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == host.npos;
}

long use_ssl(SmtpTls tls) {
  switch (tls) {
    case SmtpTls::starttls:
    case SmtpTls::implicit: return CURLUSESSL_ALL;
    case SmtpTls::if_offered: return CURLUSESSL_TRY;
    case SmtpTls::none: return CURLUSESSL_NONE;
  }
  return CURLUSESSL_ALL;
}

// Why there was no good end; `code`: what the server said last.
Delivery failure(CURLcode result, const std::string& code, SmtpStage stage, bool is_complete) {
  if (code.starts_with('4') || code.starts_with('5')) return delivery_of_reply(code, stage);
  Delivery delivery{.outcome = Delivery::Outcome::later};
  if (curl::is_certificate_fault(result)) {
    delivery.reason = "The mail server's certificate cannot be trusted.";
    delivery.is_misconfigured = true;
  } else if (result == CURLE_USE_SSL_FAILED) {
    delivery.reason = "The mail server does not encrypt.";
    delivery.is_misconfigured = true;
  } else if (result == CURLE_LOGIN_DENIED) {
    delivery.outcome = Delivery::Outcome::refused;
    delivery.reason = "The mail server has no way to sign in that we know.";
    delivery.is_misconfigured = true;
  } else {
    const bool is_late = result == CURLE_OPERATION_TIMEDOUT || result == CURLE_ABORTED_BY_CALLBACK;
    delivery.reason = is_late ? "The mail server does not answer in time." : "The mail server cannot be reached.";
    delivery.is_uncertain = is_complete;
  }
  return delivery;
}

}  // namespace

struct Smtp::Parts {
  std::string url;
  curl::HandlePool handles;
};

Smtp::Smtp(SmtpOptions options) : options_(std::move(options)), parts_(std::make_unique<Parts>()) {
  const bool is_here = is_loopback(options_.host);
  check(is_host(options_.host), "host");
  check(options_.port != 0, "port");
  check(is_mail_address(options_.from), "from");
  check(options_.reply_to.empty() || is_mail_address(options_.reply_to), "reply_to");
  check(options_.from_name.size() <= 200 && is_text(options_.from_name, Lines::one), "from_name");
  check(is_text(options_.user, Lines::one) && options_.user.empty() == options_.password.empty(), "user");
  check(is_text(options_.password, Lines::one), "password");
  check(options_.tls != SmtpTls::none || is_here, "tls");
  check(options_.tls != SmtpTls::if_offered || is_here || options_.user.empty(), "tls");
  const std::string host = options_.host == "::1" ? "[::1]" : options_.host;
  parts_->url = (options_.tls == SmtpTls::implicit ? "smtps://" : "smtp://") + host + ":" +
                std::to_string(options_.port) + "/" + options_.from.substr(options_.from.find('@') + 1);
}

Smtp::~Smtp() = default;

Delivery Smtp::send(const Mail& mail) {
  if (!is_mail_address(mail.to)) {
    Delivery delivery = refused("The recipient's address is none.");
    delivery.recipient_invalid = true;
    return delivery;
  }
  if (std::string fault = fault_of(mail); !fault.empty()) return refused(std::move(fault));
  const std::string text = text_of(mail, options_);
  Outgoing outgoing{.text = text};
  std::string code;
  std::array<char, CURL_ERROR_SIZE> why{};
  auto deadline = std::chrono::steady_clock::now() + options_.timeout;
  const curl::Handle handle = parts_->handles.take();
  curl::Strings recipients;
  recipients.add("<" + mail.to + ">");

  handle.set(CURLOPT_URL, parts_->url.c_str());
  handle.set(CURLOPT_PROTOCOLS_STR, options_.tls == SmtpTls::implicit ? "smtps" : "smtp");
  if (is_loopback(options_.host)) handle.set(CURLOPT_NOPROXY, "*");
  handle.set(CURLOPT_USE_SSL, use_ssl(options_.tls));
  handle.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) handle.set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (!options_.user.empty()) {
    handle.set(CURLOPT_USERNAME, options_.user.c_str());
    handle.set(CURLOPT_PASSWORD, options_.password.c_str());
    // Not whatever is offered: a user with an "@" would be tried with Kerberos first.
    handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
  }
  handle.set(CURLOPT_MAIL_FROM, ("<" + options_.from + ">").c_str());
  handle.set(CURLOPT_MAIL_RCPT, recipients.get());
  handle.set(CURLOPT_UPLOAD, 1L);
  handle.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(text.size()));
  handle.set(CURLOPT_READFUNCTION, &give);
  handle.set(CURLOPT_READDATA, static_cast<void*>(&outgoing));
  handle.set(CURLOPT_HEADERFUNCTION, &hear);
  handle.set(CURLOPT_HEADERDATA, static_cast<void*>(&code));
  handle.set(CURLOPT_WRITEFUNCTION, &drop);
  handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  handle.set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.timeout.count()));
  handle.set(CURLOPT_NOPROGRESS, 0L);
  handle.set(CURLOPT_XFERINFOFUNCTION, &is_over);
  handle.set(CURLOPT_XFERINFODATA, static_cast<void*>(&deadline));
  // One that is kept would be left with a QUIT that nobody limits.
  handle.set(CURLOPT_FORBID_REUSE, 1L);
  handle.set(CURLOPT_NOSIGNAL, 1L);
  handle.set(CURLOPT_ERRORBUFFER, why.data());

  const CURLcode result = handle.perform();
  handle.set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  if (result == CURLE_OK) return {.outcome = Delivery::Outcome::accepted, .provider_id = message_id_of(mail, options_)};
  // libcurl has one error for all of the dialogue, and says only in words which command it was.
  const SmtpStage stage = std::string_view(why.data()).starts_with("RCPT") ? SmtpStage::recipient
                          : outgoing.sent > 0                              ? SmtpStage::mail
                                                                           : SmtpStage::before;
  return failure(result, code, stage, outgoing.is_complete());
}

bool is_mail_address(std::string_view text) noexcept {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const std::size_t at = text.find('@');
  if (at == text.npos || at == 0 || at > 64) return false;
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  const auto is_dotted = [](std::string_view part) {
    return part.front() != '.' && part.back() != '.' && part.find("..") == part.npos;
  };
  // RFC 5321 §4.1.2: Dot-string.
  const bool is_local = is_dotted(local) && std::ranges::all_of(local, [&](char c) {
                          return kLetters.find(c) != kLetters.npos ||
                                 std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
                        });
  return is_local && !domain.empty() && domain.size() <= 253 && domain.front() != '-' && domain.back() != '-' &&
         is_dotted(domain) &&
         std::ranges::all_of(domain, [&](char c) { return kLetters.find(c) != kLetters.npos || c == '-' || c == '.'; });
}

}  // namespace pitview::messaging
