// A Mail as it goes over the line: RFC 5322 and MIME, CRLF at every end of a line, none longer than 78 bytes where that
// can be helped. Dots are not yet doubled. Always the same text for the same mail.
#pragma once

#include <string>
#include <string_view>

#include "pitview/messaging/smtp.h"

namespace pitview::messaging {

// "": it can be sent; else why not, in a sentence.
std::string fault_of(const Mail& mail);

// Precondition: fault_of(mail) is "".
std::string text_of(const Mail& mail, const SmtpOptions& options);
// "key@domain"
std::string message_id_of(const Mail& mail, const SmtpOptions& options);

std::string quoted_printable(std::string_view utf8);          // RFC 2045 §6.7, of text
std::string header_text(std::string_view utf8);               // RFC 2047, where ASCII does not do; folded
std::string rfc5322_date(Timestamp date);                     // "Fri, 20 Feb 2026 22:30:00 +0000"
std::string file_name_parameter(std::string_view utf8_name);  // "filename=…", RFC 2231 where ASCII does not do

}  // namespace pitview::messaging
