// The objects of one bucket of an S3-compatible store (Amazon S3, MinIO, Ceph, Garage …): over libcurl, which signs
// (AWS Signature Version 4) and speaks TLS. The bucket is named in the path, as every one of them understands.
//
// Keys are of a-z, A-Z, 0-9 and "-_./": what needs no escaping is signed the same way by everybody. Every call blocks,
// any thread, several at once; connections are kept.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pitview/base/result.h"

namespace pitview::s3 {

struct Options {
  std::string endpoint;  // "https://s3.eu-central-1.amazonaws.com"
  std::string bucket;
  std::string region = "us-east-1";
  std::string access_key_id;
  std::string secret_access_key;
};

struct Object {
  std::string key;
  std::uint64_t size = 0;  // bytes
};

struct Listing {
  std::vector<Object> objects;  // by key
  std::string next;             // "": these were the last
};

// A part of an object.
struct Range {
  std::string bytes;
  std::uint64_t object_size = 0;
};

// What is to be sent: read twice, because a signature comes before what it signs.
struct Content {
  std::uint64_t size = 0;
  // So many bytes from there on; fewer: it cannot be read.
  std::function<std::string(std::uint64_t offset, std::size_t size)> read{};
};

// Errors of all: not_found, there is no such object or bucket; forbidden, the store does not know us or does not let
// us; unavailable, it cannot be reached, or says so.
class Client {
 public:
  static constexpr std::size_t kMaxRange = std::size_t{64} << 20;

  explicit Client(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // There as a whole when this returns, or not at all; what was there before is replaced.
  Result<> put(const std::string& key, const Content& content);
  Result<> put(const std::string& key, std::string_view bytes);
  // `size` of 1 to kMaxRange; fewer bytes come where the object ends.
  Result<Range> get(const std::string& key, std::uint64_t offset, std::size_t size);
  // One that is not there is done.
  Result<> remove(const std::string& key);
  // At most a thousand of those whose keys begin so; `from`: the last listing's `next`.
  Result<Listing> list(const std::string& prefix, const std::string& from = {});

 private:
  struct Request;
  struct Answer;
  class Handles;
  Result<Answer> send(const Request& request);

  const Options options_;
  std::unique_ptr<Handles> handles_;
};

// "https://s3.example.com" and "http://127.0.0.1:9000" are: no path, no name or password.
bool is_endpoint(std::string_view text) noexcept;
// 3 to 63 of a-z, 0-9, "-" and ".".
bool is_bucket(std::string_view text) noexcept;

}  // namespace pitview::s3
