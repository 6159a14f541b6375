// pitview-kit as a child process.
#pragma once

#include <sys/types.h>

#include "support.h"

namespace pitview::kit::testing {

enum class Traced : bool { no, yes };

// Without a controlling terminal. A traced child waits for its tracer after exec.
pid_t start_kit(const Call& call, const fs::path& out, const fs::path& err, Traced traced = Traced::no);

// Exit code, or 128 + signal.
int wait_for_child(pid_t child);

}  // namespace pitview::kit::testing
