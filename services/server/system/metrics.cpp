#include "system/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <vector>

namespace pitview::system {

struct Metrics::Impl {
  struct Asked {
    prometheus::Gauge* gauge;
    std::function<double()> read;
  };

  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>* requests = nullptr;
  prometheus::Histogram* seconds = nullptr;
  std::vector<Asked> asked;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  impl_->requests = &prometheus::BuildCounter()
                         .Name("pitview_http_requests_total")
                         .Help("Requests answered, by route and status")
                         .Register(impl_->registry);
  impl_->seconds = &prometheus::BuildHistogram()
                        .Name("pitview_http_request_seconds")
                        .Help("Time to answer a request, WebSockets excluded")
                        .Register(impl_->registry)
                        .Add({}, prometheus::Histogram::BucketBoundaries{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                                         0.05, 0.1, 0.25, 0.5, 1, 2.5});
}

Metrics::~Metrics() = default;

prometheus::Registry& Metrics::registry() noexcept { return impl_->registry; }

void Metrics::request_finished(const http::Finished& finished) {
  constexpr int kSwitchingProtocols = 101;
  const std::string route(finished.route.empty() ? "static" : finished.route);
  impl_->requests->Add({{"route", route}, {"status", std::to_string(finished.status)}}).Increment();
  if (finished.status != kSwitchingProtocols)
    impl_->seconds->Observe(std::chrono::duration<double>(finished.duration).count());
}

void Metrics::add_gauge(const std::string& name, const std::string& help, std::function<double()> read) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add({});
  impl_->asked.push_back({&gauge, std::move(read)});
}

std::string Metrics::text() {
  for (const Impl::Asked& asked : impl_->asked) asked.gauge->Set(asked.read());
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace pitview::system
