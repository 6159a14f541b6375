#include "cluster/bridge.h"

#include <algorithm>
#include <charconv>

#include "pitview/async/deadline.h"

namespace pitview::cluster {
namespace {

constexpr std::chrono::milliseconds kGather{5};
constexpr std::size_t kMessageBytes = 48 * 1024;  // with room to the link's limit
constexpr char kTab = '\t';

std::string_view next_field(std::string_view& rest) {
  const std::size_t tab = rest.find(kTab);
  const std::string_view field = rest.substr(0, tab);
  rest = tab == std::string_view::npos ? std::string_view() : rest.substr(tab + 1);
  return field;
}

template <class Id>
bool read_id(std::string_view& rest, Id& id) {
  const std::string_view field = next_field(rest);
  const auto [end, fault] = std::from_chars(field.data(), field.data() + field.size(), id.value);
  return fault == std::errc() && end == field.data() + field.size() && id.value >= 0;
}

}  // namespace

std::string write_line(const live::Event& event) {
  std::string line(event.name.text());
  for (const std::int64_t id :
       {event.workshop.value, event.pit.value, event.job.value, event.session.value, event.device.value})
    line.append(1, kTab).append(std::to_string(id));
  // JSON as we write it has no line breaks of its own.
  return line.append(1, kTab).append(event.data).append(1, '\n');
}

std::optional<live::Event> parse_line(std::string_view line) {
  const live::EventKind* kind = live::find_event_kind(next_field(line));
  if (kind == nullptr) return std::nullopt;
  live::Event event{live::EventName(*kind), {}, {}, {}, {}, {}};
  if (!read_id(line, event.workshop) || !read_id(line, event.pit) || !read_id(line, event.job) ||
      !read_id(line, event.session) || !read_id(line, event.device))
    return std::nullopt;
  if (line.empty()) return std::nullopt;
  event.data = line;
  return event;
}

Bridge::Bridge(broker::Link& link, std::string server_name)
    : link_(link),
      topic_(std::string(kTopics) + server_name),
      tasks_(link.executor()),
      wake_(link.executor(), asio::steady_timer::time_point::max()) {}

void Bridge::start(OnEvent on_event) {
  on_event_ = std::move(on_event);
  tasks_.spawn("bridge", run());
}

Awaitable<> Bridge::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void Bridge::relay(const live::Event& event) {
  std::string line = write_line(event);
  const std::lock_guard lock(mutex_);
  if (waiting_.size() + line.size() > kMaxWaitingBytes) {
    ++dropped_;
    return;
  }
  const bool is_first = waiting_.empty();
  waiting_ += line;
  if (is_first) asio::post(link_.executor(), [this] { wake_.cancel(); });
}

void Bridge::licence_refused(DeviceKey device) { relay({"licence_refused", {}, {}, {}, {}, "{}", device}); }

void Bridge::directory_changed() {
  asio::post(link_.executor(), [this] { tasks_.spawn("directory_changed", publish_notice(kDirectoryTopic, "{}")); });
}

void Bridge::device_changed(DeviceKey device) {
  asio::post(link_.executor(), [this, device] {
    tasks_.spawn("device_changed", publish_notice(kDeviceTopic, std::to_string(device.value)));
  });
}

std::optional<DeviceKey> Bridge::changed_device(const mqtt::Message& message) {
  std::string_view text = message.payload;
  DeviceKey device;
  if (!read_id(text, device) || device.value == 0) return std::nullopt;
  return device;
}

// Lost with our connection: the others read the list every few seconds, and the accounts are looked
// through whenever the server that has them in its care connects.
Awaitable<> Bridge::publish_notice(const char* topic, std::string payload) {
  (void)co_await link_.publish(topic, std::move(payload), mqtt::QoS::at_least_once);
}

void Bridge::receive(const mqtt::Message& message) {
  link_.acknowledge(message.token);
  if (message.topic == topic_ || !on_event_) return;
  std::string_view rest = message.payload;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (auto event = parse_line(rest.substr(0, end))) on_event_(std::move(*event));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
}

Awaitable<> Bridge::run() {
  while (true) {
    co_await wait_for_lines();
    std::string lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(waiting_);
    }
    co_await publish(std::move(lines));
  }
}

Awaitable<> Bridge::wait_for_lines() {
  const auto is_empty = [this] {
    const std::lock_guard lock(mutex_);
    return waiting_.empty();
  };
  while (is_empty()) {
    error_code ignored;
    wake_.expires_at(asio::steady_timer::time_point::max());
    co_await wake_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      throw boost::system::system_error(asio::error::operation_aborted);
  }
  co_await sleep_for(kGather);
}

// In messages of whole lines.
Awaitable<> Bridge::publish(std::string lines) {
  std::string_view rest = lines;
  while (!rest.empty()) {
    std::size_t size = rest.size();
    if (size > kMessageBytes) size = rest.rfind('\n', kMessageBytes) + 1;
    if (size == 0) size = rest.find('\n') + 1;
    const std::string_view lines_now = rest.substr(0, size);
    if (!co_await link_.publish(topic_, std::string(lines_now), mqtt::QoS::at_most_once))
      dropped_ += static_cast<std::uint64_t>(std::count(lines_now.begin(), lines_now.end(), '\n'));
    rest.remove_prefix(size);
  }
}

}  // namespace pitview::cluster
