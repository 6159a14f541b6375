// What a device finds in its factory partition, and in which words: namespace
// "pitview", all strings (docs/guide/factory.md; read by firmware/core/identity).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "batch.h"
#include "pitview/nvs/image.h"

namespace pitview::kit {

inline constexpr std::string_view kNvsNamespace = "pitview";
inline constexpr std::size_t kFactoryPartitionBytes = std::size_t{24} * 1024;

std::vector<nvs::StringValue> identity_values(const Batch& batch, const BatchDevice& device);

// "mqtt_host is longer than 128 bytes": what the firmware would refuse at its first
// start, when the device is already on a wall.
std::vector<std::string> identity_faults(const Batch& batch, const BatchDevice& device);

// The partition as bytes, and the same as input for Espressif's nvs_partition_gen
// ("NVS Partition Generator Utility", part "CSV file format").
// Precondition: no identity_faults().
std::string identity_image(const Batch& batch, const BatchDevice& device);
std::string identity_csv(const Batch& batch, const BatchDevice& device);

}  // namespace pitview::kit
