#include "webhook.h"

#include <boost/asio/use_future.hpp>

namespace pitview::messaging {

Webhook::Webhook() {
  http::Router router;
  router.add(http::Method::post, "/receipts", [this](const http::Request& request) { return on_post(request); });
  server_ = std::make_unique<http::Server>(runtime_, http::Options{}, std::move(router));
  server_->start();
  thread_ = std::thread([this] { runtime_.run(); });
}

Webhook::~Webhook() {
  asio::co_spawn(runtime_.context(0), server_->stop(std::chrono::seconds(1)), asio::use_future).wait();
  runtime_.stop();
  thread_.join();
}

std::string Webhook::url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/receipts"; }

std::vector<http::Request> Webhook::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

Awaitable<http::Response> Webhook::on_post(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  co_return http::Response::no_content();
}

}  // namespace pitview::messaging
