#include "pitview/http/message.h"

#include <gtest/gtest.h>

#include <map>

#include "pitview/json/document.h"
#include "response_head.h"

namespace pitview::http {
namespace {

TEST(StatusOf, EveryFailureHasItsStatus) {
  const std::map<Errc, int> expected = {
      {Errc::malformed_json, 400},
      {Errc::validation_failed, 422},
      {Errc::body_too_large, 413},
      {Errc::unauthenticated, 401},
      {Errc::invalid_credentials, 401},
      {Errc::token_expired, 401},
      {Errc::session_ended, 401},
      {Errc::second_factor_required, 401},
      {Errc::link_invalid, 401},
      {Errc::forbidden, 403},
      {Errc::password_change_required, 403},
      {Errc::workshop_restricted, 403},
      {Errc::not_found, 404},
      {Errc::method_not_allowed, 405},
      {Errc::conflict, 409},
      {Errc::pit_busy, 409},
      {Errc::pit_occupied, 409},
      {Errc::claim_invalid, 404},
      {Errc::claim_used, 409},
      {Errc::claim_expired, 410},
      {Errc::invalid_transition, 409},
      {Errc::locked_out, 429},
      {Errc::rate_limited, 429},
      {Errc::unavailable, 503},
      {Errc::internal_error, 500},
  };
  EXPECT_EQ(expected.size(), static_cast<std::size_t>(Errc::internal_error));
  for (const auto& [code, status] : expected) {
    EXPECT_EQ(status_of(code), status) << name_of(code);
    EXPECT_NE(reason_of(status), "Unknown") << status;
  }
}

TEST(Problem, IsAProblemDocument) {
  const Response response = problem(
      {Errc::validation_failed, "Say \"what\".", {{"car_plate", "is required"}, {"stages[1].name", "is \n odd"}}, 0},
      "r1");
  EXPECT_EQ(response.status, 422);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"about:blank","title":"Unprocessable Content","status":422,"code":"validation_failed",)"
            R"("detail":"Say \"what\".","errors":[{"field":"car_plate","message":"is required"},)"
            R"({"field":"stages[1].name","message":"is \n odd"}],"request_id":"r1"})");
  EXPECT_TRUE(json::Document::parse(response.body));
  EXPECT_TRUE(response.headers.empty());
}

TEST(Problem, SaysWhenToComeBack) {
  const Response response = problem({Errc::locked_out, "Too many attempts.", {}, 90}, "r1");
  EXPECT_EQ(response.headers, (std::vector<Pair>{{"Retry-After", "90"}}));
  EXPECT_EQ(response.body.find("errors"), std::string::npos);
}

TEST(Request, FindsHeadersInAnyCaseAndCookiesByName) {
  Request request;
  request.headers = {{"Host", "a"}, {"COOKIE", "xpitview=0; pitview=\"\"; pitview_refresh=a=b ;z"}, {"host", "b"}};
  EXPECT_EQ(request.header("HOST"), "a");
  EXPECT_EQ(request.header("Accept"), "");
  EXPECT_EQ(request.cookie("pitview_refresh"), "a=b");
  EXPECT_EQ(request.cookie("xpitview"), "0");
  EXPECT_EQ(request.cookie("refresh"), "");
  EXPECT_EQ(request.cookie("z"), "");
}

TEST(Percent, DecodesWhatIsWellFormed) {
  std::string out;
  EXPECT_TRUE(percent_decode("a%2Fb+c%e2%82%AC", false, out));
  EXPECT_EQ(out, "a/b+c\xE2\x82\xAC");
  EXPECT_TRUE(percent_decode("a+b%2B", true, out));
  EXPECT_EQ(out, "a b+");
  for (const char* text : {"%", "%1", "a%", "%g0", "%0g", "%00", "%%41"})
    EXPECT_FALSE(percent_decode(text, false, out));
  EXPECT_EQ(percent_encode("a b/\xE2+~"), "a%20b%2F%E2%2B~");
}

TEST(Head, CarriesWhatEveryResponseCarries) {
  std::string head;
  const std::string security = security_headers({"https://video.example.com"});
  append_head(head, Response::json(200, "{}"), {"D", "r1", true, false, security});
  EXPECT_TRUE(
      head.starts_with("HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"));
  for (const char* line :
       {"X-Request-Id: r1\r\n", "Cache-Control: no-store\r\n", "X-Content-Type-Options: nosniff\r\n",
        "Content-Security-Policy: default-src 'self'", "connect-src 'self' https://video.example.com;",
        "frame-ancestors 'none'", "Referrer-Policy: no-referrer\r\n", "X-Frame-Options: DENY\r\n"})
    EXPECT_NE(head.find(line), std::string::npos) << line;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(Head, AHeaderThatWouldBreakTheFramingIsLeftOut) {
  std::string head;
  append_head(head, Response::no_content().with("X-A", "1\r\nX-Evil: 1").with("X\r\nB", "2").with("X-Good", "3"),
              {"D", "r1", false, false, {}});
  EXPECT_EQ(head.find("Evil"), std::string::npos);
  EXPECT_EQ(head.find("B: 2"), std::string::npos);
  EXPECT_NE(head.find("X-Good: 3\r\n"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Content-Length"), std::string::npos);
}

TEST(Head, WritesTheDateOfRfc9110) {
  using namespace std::chrono;
  EXPECT_EQ(http_date(sys_days(year(1994) / 11 / 6) + hours(8) + minutes(49) + seconds(37)),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace pitview::http
