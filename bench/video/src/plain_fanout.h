// The least that sending pictures to many costs: AES-128-GCM over each packet and one sendmsg
// with UDP GSO for each picture and viewer, in a bare loop.
#pragma once

#include <cstdint>

namespace pitview::bench {

struct FanoutLoad {
  int viewers = 0;
  double pictures_per_second = 15;
  int packets_per_picture = 1;
  int bytes_per_packet = 1'100;  // of UDP payload
  int seconds = 5;
};

struct FanoutCost {
  double cpu_seconds = 0;  // of the sending thread
  double seconds = 0;
  std::int64_t packets = 0;
};

FanoutCost send_plainly(const FanoutLoad& load);

}  // namespace pitview::bench
