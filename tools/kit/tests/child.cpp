#include "child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace pitview::kit::testing {
namespace {

using SyscallInfo = __ptrace_syscall_info;  // as glibc calls it

constexpr int kCouldNotStart = 127;

void redirect(int fd, const fs::path& path, int flags) {
  const int opened = ::open(path.c_str(), flags, 0600);
  if (opened < 0 || ::dup2(opened, fd) < 0) ::_exit(kCouldNotStart);
}

// What changes the disk or starts a program. openat() counts where it creates,
// write() where it is not the screen.
bool is_change(const SyscallInfo& call) {
  static constexpr std::array<std::uint64_t, 7> kChanges = {SYS_fsync, SYS_rename, SYS_unlink,   SYS_ftruncate,
                                                            SYS_flock, SYS_vfork,  SYS_fallocate};
  if (call.entry.nr == SYS_openat) return (call.entry.args[2] & O_CREAT) != 0;
  if (call.entry.nr == SYS_write) return call.entry.args[0] > STDERR_FILENO;
  if (call.entry.nr == SYS_clone || call.entry.nr == SYS_clone3) return true;
  return std::ranges::find(kChanges, call.entry.nr) != kChanges.end();
}

}  // namespace

pid_t start_kit(const Call& call, const fs::path& out, const fs::path& err, Traced traced) {
  std::vector<std::string> arguments = call.arguments;
  arguments.insert(arguments.begin(), PITVIEW_KIT);
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setsid();
  ::unsetenv("PITVIEW_KIT_PASSWORD");
  for (const auto& [name, value] : call.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (call.max_file_bytes) {
    const rlimit limit{*call.max_file_bytes, *call.max_file_bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  redirect(STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC);
  redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC);
  if (traced == Traced::yes) {
    ::setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // the leak check is a tracer itself
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  }
  ::execv(PITVIEW_KIT, argv.data());
  ::_exit(kCouldNotStart);
}

int wait_for_child(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool kill_kit_before_change(const Call& call, std::size_t n) {
  const pid_t child = start_kit(call, "/dev/null", "/dev/null", Traced::yes);
  int status = 0;
  long signal = 0;
  ::waitpid(child, &status, 0);  // stopped after exec
  EXPECT_TRUE(WIFSTOPPED(status)) << "this machine does not let a test trace its child";
  if (!WIFSTOPPED(status)) return false;
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  while (true) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
    if (::waitpid(child, &status, 0) < 0 || !WIFSTOPPED(status)) return false;
    signal = WSTOPSIG(status) == (SIGTRAP | 0x80) ? 0 : WSTOPSIG(status);
    if (signal != 0) continue;
    SyscallInfo entered{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof entered, &entered);
    if (entered.op != PTRACE_SYSCALL_INFO_ENTRY || !is_change(entered) || --n > 0) continue;
    ::kill(child, SIGKILL);
    EXPECT_EQ(wait_for_child(child), 128 + SIGKILL);
    return true;
  }
}

}  // namespace pitview::kit::testing
