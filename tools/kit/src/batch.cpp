#include "batch.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "error.h"
#include "files.h"
#include "identity_values.h"
#include "pitview/domain/licence.h"
#include "pitview/json/read.h"

namespace pitview::kit {
namespace {

// Each fault as "devices[3].command_key …".
std::vector<std::string> faults_of(const Batch& batch) {
  std::vector<std::string> faults;
  if (batch.devices.empty()) faults.emplace_back("devices is empty");
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < batch.devices.size(); ++i) {
    const BatchDevice& device = batch.devices[i];
    const auto fault = [&](const std::string& what) {
      faults.push_back("devices[" + std::to_string(i) + "]: " + what);
    };
    if (!is_device_id(device.device_id)) fault("device_id is no device id");
    if (!seen.insert(device.device_id).second) fault(device.device_id + " is there twice");
    if (device.claim_code.empty() || device.claim_url.empty()) fault("claim_code or claim_url is empty");
    for (const std::string& what : identity_faults(batch, device)) fault(what);
  }
  return faults;
}

}  // namespace

const BatchDevice* Batch::find(std::string_view device_id) const {
  const auto found = std::ranges::find(devices, device_id, &BatchDevice::device_id);
  return found == devices.end() ? nullptr : &*found;
}

Batch parse_batch(std::string_view json, std::string_view source) {
  auto batch = json::read<Batch>(json);
  std::vector<std::string> faults;
  if (batch) {
    faults = faults_of(*batch);
  } else {
    for (const FieldProblem& problem : batch.error().fields) faults.push_back(problem.field + " " + problem.message);
    if (faults.empty()) faults.push_back(batch.error().detail);
  }
  if (faults.empty()) return std::move(*batch);
  std::string lines;
  for (const std::string& fault : faults)
    lines += (lines.empty() ? "" : "\n") + std::string(source) + ": " + plain_line(fault);
  throw KitError(lines);
}

Batch read_batch(const std::filesystem::path& path) {
  using std::filesystem::perms;
  Batch batch = parse_batch(read_file(path), path.string());
  constexpr auto kOthers = perms::group_all | perms::others_all;
  if ((std::filesystem::status(path).permissions() & kOthers) != perms::none)
    std::cerr << "pitview-kit: warning: others can read " << path.string() << ", which is full of secrets: chmod 600\n";
  return batch;
}

}  // namespace pitview::kit
