// A real SMTP server as a child of the test, and what Python says about the mails that it stored.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pitview/json/document.h"
#include "pitview/messaging/smtp.h"

namespace pitview::messaging {

constexpr const char* kMailUser = "workshop@example.com";
constexpr const char* kMailPassword = "c0rrect horse+battery/staple=";

class MailServer {
 public:
  enum class Encryption : std::uint8_t { required, offered, implicit, none };  // the first two by STARTTLS
  enum class Auth : std::uint8_t { required, none };

  MailServer(Encryption encryption, Auth auth);
  ~MailServer();
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  // With which a client of it works.
  SmtpOptions options() const;
  // SIGTERM, and waits for the end.
  void stop();
  const std::filesystem::path& folder() const { return folder_; }

  std::size_t stored() const;
  // Of the mail of that number, from 1.
  json::Document envelope(std::size_t number) const;
  json::Document mail(std::size_t number) const;
  std::string raw(std::size_t number) const;

 private:
  void start(std::vector<std::string> arguments);

  std::filesystem::path folder_;
  Encryption encryption_;
  Auth auth_;
  pid_t pid_ = 0;
  std::uint16_t port_ = 0;
};

// A certificate for 127.0.0.1 signed by itself, in `folder`/NAME.pem, with its key in NAME.key.
void make_certificate(const std::filesystem::path& folder, const std::string& name, const std::string& subject_name);
// What a shell command prints; throws when it fails.
std::string output_of(const std::string& command);

}  // namespace pitview::messaging
