#include "app/config.h"

#include <algorithm>
#include <iterator>

#include "pitview/async/asio.h"
#include "pitview/base/log.h"
#include "pitview/config/config.h"

namespace pitview::video {
namespace {

// What the sentence "recordings.bucket…" goes on with; "": nothing is wrong.
std::string fault_of(const BucketConfig& bucket) {
  const std::optional<std::string>* all[] = {&bucket.endpoint, &bucket.name, &bucket.access_key_id,
                                             &bucket.secret_access_key_file};
  const auto given =
      std::count_if(std::begin(all), std::end(all), [](const auto* value) { return value->has_value(); });
  if (given == 0) return bucket.prefix ? ".prefix is of no use without a bucket" : "";
  if (given != std::ssize(all)) return " needs endpoint, name, access_key_id and secret_access_key_file, all of them";
  if (!s3::is_endpoint(*bucket.endpoint)) return ".endpoint must be such as https://s3.example.com, without a path";
  if (!s3::is_bucket(*bucket.name)) return ".name must be 3 to 63 of a to z, 0 to 9, \"-\" and \".\"";
  const std::string prefix = bucket.prefix.value_or("");
  if (!prefix.empty() && (!prefix.ends_with('/') || prefix.starts_with('/') || prefix.find("//") != std::string::npos ||
                          prefix.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-/") != std::string::npos))
    return ".prefix must be of a to z, 0 to 9 and \"-\", and end with \"/\"";
  return "";
}

}  // namespace

Config load_config(const std::filesystem::path& file) {
  Config loaded = config::load<Config>(file, "PITVIEW_VIDEO");
  const auto refuse = [&](const std::string& sentence) { throw config::ConfigError(file.string() + ": " + sentence); };
  if (!log::set_level(loaded.log.level)) refuse("log.level must be \"debug\", \"info\", \"warning\" or \"error\"");
  if (loaded.webrtc.candidates.empty()) refuse("webrtc.candidates must name at least one address");
  for (const std::string& address : loaded.webrtc.candidates) {
    error_code failure;
    asio::ip::make_address(address, failure);
    if (failure) refuse("webrtc.candidates: \"" + address + "\" is no address");
  }
  if (loaded.recordings.keep_days < 1 || loaded.recordings.keep_days > 3'650)
    refuse("recordings.keep_days must be 1 to 3650");
  if (loaded.recordings.min_free_mib < 0) refuse("recordings.min_free_mib must not be below 0");
  if (const std::string fault = fault_of(loaded.recordings.bucket); !fault.empty()) refuse("recordings.bucket" + fault);
  if (loaded.recordings.bucket.name && loaded.recordings.directory.empty())
    refuse("recordings.bucket is of no use without recordings.directory");
  return loaded;
}

std::optional<BucketOptions> bucket_of(const BucketConfig& config) {
  if (!config.name) return std::nullopt;
  return BucketOptions{.store = {.endpoint = *config.endpoint,
                                 .bucket = *config.name,
                                 .region = config.region,
                                 .access_key_id = *config.access_key_id,
                                 .secret_access_key = config::load_line(*config.secret_access_key_file)},
                       .prefix = config.prefix.value_or("")};
}

}  // namespace pitview::video
