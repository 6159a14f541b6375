#include "mail_text.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pitview::messaging {
namespace {

TEST(MailText, QuotedPrintableKeepsWhatTheLineWouldLose) {
  EXPECT_EQ(quoted_printable(""), "");
  EXPECT_EQ(quoted_printable("a=b"), "a=3Db\r\n");
  EXPECT_EQ(quoted_printable("है"), "=E0=A4=B9=E0=A5=88\r\n");
  EXPECT_EQ(quoted_printable("end \nnext\t\r\n\rlast "), "end=20\r\nnext=09\r\n\r\nlast=20\r\n");
  EXPECT_EQ(quoted_printable("in the middle"), "in the middle\r\n");
}

TEST(MailText, QuotedPrintableHasLinesOfSeventySix) {
  EXPECT_EQ(quoted_printable(std::string(76, 'a')), std::string(76, 'a') + "\r\n");
  EXPECT_EQ(quoted_printable(std::string(77, 'a')), std::string(75, 'a') + "=\r\naa\r\n");
  EXPECT_EQ(quoted_printable(std::string(74, 'a') + "=b"), std::string(74, 'a') + "=\r\n=3Db\r\n");
}

TEST(MailText, AHeaderIsAsciiOrEncodedWords) {
  EXPECT_EQ(header_text("Your car is ready"), "Your car is ready");
  EXPECT_EQ(header_text("=?utf-8?B?YQ==?="), "=?utf-8?B?PT91dGYtOD9CP1lRPT0/PQ==?=");
  EXPECT_EQ(header_text("✓"), "=?utf-8?B?4pyT?=");
  // 42 bytes are 14 of these, and no word ends within one.
  EXPECT_EQ(header_text("क"
                        "कककककककककककक"
                        "कख"),
            "=?utf-8?B?4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV4KSV?=\r\n =?utf-8?B?4KSW?=");
}

TEST(MailText, ADateIsInUtc) {
  EXPECT_EQ(rfc5322_date(*parse_iso8601("2026-02-20T22:30:05.999Z")), "Fri, 20 Feb 2026 22:30:05 +0000");
  EXPECT_EQ(rfc5322_date(*parse_iso8601("2024-02-29T00:00:00+05:30")), "Wed, 28 Feb 2024 18:30:00 +0000");
}

TEST(MailText, AFileNameIsQuotedOrEncoded) {
  EXPECT_EQ(file_name_parameter("invoice 7.pdf"), "filename=\"invoice 7.pdf\"");
  EXPECT_EQ(file_name_parameter("है.pdf"), "filename*0*=utf-8''%E0%A4%B9%E0%A5%88.pdf");
  EXPECT_EQ(file_name_parameter("a\"b"), "filename*0*=utf-8''a%22b");
}

TEST(MailText, TheSameMailIsTheSameText) {
  const Mail mail{.key = "m-1", .to = "a@example.com", .subject = "a", .text = "a", .html = "<p>a</p>"};
  const SmtpOptions options{.from = "b@example.com"};
  EXPECT_EQ(text_of(mail, options), text_of(mail, options));
  EXPECT_EQ(message_id_of(mail, options), "m-1@example.com");
}

TEST(MailText, OnlyAddressesThatNeedNoExtension) {
  for (const char* good :
       {"a@b.example", "a.b+c@example.com", "o'neil@example.com", "a@localhost", "a@xn--p1ai.example"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad :
       {"",      "a",          "@b",   "a@",   "a@@b", "a b@c",   "<a@b>", "a@b>",        ".a@b",
        "a.@b",  "a..b@c",     "a@.b", "a@b.", "a@-b", "\"a\"@b", "ä@b",   "a@ä.example", "a@b\r\nRCPT TO:<c@d>",
        "a\n@b", "a@[1.2.3.4]"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@b"));
}

}  // namespace
}  // namespace pitview::messaging
