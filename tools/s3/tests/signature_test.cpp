#include "signature.h"

#include <gtest/gtest.h>

namespace pitview::s3 {
namespace {

const Credentials kDocumented{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
constexpr const char* kNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string authorization(const std::string& headers, const std::string& signature) {
  return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=" +
         headers + ",Signature=" + signature;
}

http::Request request(http::Method method, std::string path, std::vector<http::Pair> headers) {
  headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
  headers.emplace_back("x-amz-date", "20130524T000000Z");
  return {.method = method, .path = std::move(path), .headers = std::move(headers)};
}

std::string fault(const http::Request& asked, std::chrono::seconds later = std::chrono::seconds(0)) {
  return fault_of_signature(asked, kDocumented, *parse_iso8601("2013-05-24T00:00:00Z") + later);
}

// The three examples of Amazon's description.
http::Request get_object() {
  return request(
      http::Method::get, "/test.txt",
      {{"Range", "bytes=0-9"},
       {"x-amz-content-sha256", kNothing},
       {"Authorization", authorization("host;range;x-amz-content-sha256;x-amz-date",
                                       "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")}});
}
http::Request put_object() {
  auto asked =
      request(http::Method::put, "/test%24file.text",
              {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
               {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
               {"x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"},
               {"Authorization", authorization("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                                               "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")}});
  asked.body = "Welcome to Amazon S3.";
  return asked;
}
http::Request list_objects() {
  auto asked =
      request(http::Method::get, "/",
              {{"x-amz-content-sha256", kNothing},
               {"Authorization", authorization("host;x-amz-content-sha256;x-amz-date",
                                               "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")}});
  asked.query = {{"prefix", "J"}, {"max-keys", "2"}};
  return asked;
}

TEST(S3Signature, TheDocumentedOnesAreRight) {
  EXPECT_EQ(fault(get_object()), "");
  EXPECT_EQ(fault(put_object()), "");
  EXPECT_EQ(fault(list_objects()), "");
}

TEST(S3Signature, WhatWasChangedOnTheWayIsNoticed) {
  auto other = get_object();
  other.path = "/test.tx";
  EXPECT_EQ(fault(other), "SignatureDoesNotMatch");
  other = get_object();
  other.headers.front().second = "bytes=0-8";
  EXPECT_EQ(fault(other), "SignatureDoesNotMatch");
  other = list_objects();
  other.query.front().second = "K";
  EXPECT_EQ(fault(other), "SignatureDoesNotMatch");
  other = put_object();
  other.body += ".";
  EXPECT_EQ(fault(other), "XAmzContentSHA256Mismatch");
  other = get_object();
  other.headers.emplace_back("x-amz-acl", "public-read");
  EXPECT_EQ(fault(other), "AccessDenied");
}

TEST(S3Signature, AnotherKeyAndAnotherTimeAreRefused) {
  EXPECT_EQ(fault(get_object(), std::chrono::minutes(16)), "RequestTimeTooSkewed");
  EXPECT_EQ(fault(get_object(), std::chrono::minutes(14)), "");
  EXPECT_EQ(fault(request(http::Method::get, "/test.txt", {})), "AccessDenied");
  const Timestamp now = *parse_iso8601("2013-05-24T00:00:00Z");
  EXPECT_EQ(fault_of_signature(get_object(), {"AKIAOTHER", kDocumented.secret_access_key, "us-east-1"}, now),
            "InvalidAccessKeyId");
  EXPECT_EQ(fault_of_signature(get_object(), {kDocumented.access_key_id, "other", "us-east-1"}, now),
            "SignatureDoesNotMatch");
  EXPECT_EQ(
      fault_of_signature(get_object(), {kDocumented.access_key_id, kDocumented.secret_access_key, "eu-west-1"}, now),
      "AuthorizationHeaderMalformed");
}

}  // namespace
}  // namespace pitview::s3
