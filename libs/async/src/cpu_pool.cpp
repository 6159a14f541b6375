#include "pitview/async/cpu_pool.h"

namespace pitview {

CpuPool::CpuPool(std::size_t threads, std::size_t queue_capacity) : capacity_(queue_capacity), pool_(threads) {}

CpuPool::~CpuPool() { pool_.join(); }

}  // namespace pitview
