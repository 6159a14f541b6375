// An object store on loopback that keeps one bucket in memory: PUT, GET with Range, DELETE, ListObjectsV2, and the
// errors of each. It works every signature out itself and takes nothing that is not signed. For tests; it cannot be
// reached from outside and forgets everything when it ends.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "pitview/http/server.h"
#include "pitview/s3/client.h"
#include "signature.h"

namespace pitview::s3 {

class StandIn {
 public:
  // Any free port: 0. std::system_error: it is taken.
  StandIn(std::uint16_t port, std::string bucket, Credentials credentials);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  std::uint16_t port() const;
  // With which a client of it works.
  Options options() const;

  std::map<std::string, std::string> objects() const;
  void set_object(const std::string& key, std::string bytes);
  // From now on it answers every request with 503 SlowDown, or no more.
  void refuse_all(bool refuse);
  // "GET shop-1/key", "LIST prefix", in the order in which they came; those that were refused too.
  std::vector<std::string> requests() const;
  // At most so many of a listing, as a store does whatever was asked for.
  void set_page(std::size_t objects);

 private:
  Awaitable<http::Response> on_object(const http::Request& request);
  Awaitable<http::Response> on_bucket(const http::Request& request);
  http::Response list(const http::Request& request) const;
  // "": it may be answered.
  std::string fault_of(const http::Request& request, const std::string& what);

  const std::string bucket_;
  const Credentials credentials_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> objects_;
  std::vector<std::string> requests_;
  bool refuses_ = false;
  std::size_t page_ = 1'000;

  Runtime runtime_{1};
  std::unique_ptr<http::Server> server_;
  std::thread thread_;
};

}  // namespace pitview::s3
