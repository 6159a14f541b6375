#include "process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>

#include "error.h"
#include "files.h"

namespace pitview::kit {
namespace {

constexpr std::size_t kMaxOutputBytes = 65536;

class SpawnActions {
 public:
  explicit SpawnActions(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::string show_and_collect(int from) {
  std::string output;
  char piece[4096];
  while (true) {
    const ssize_t count = ::read(from, piece, sizeof piece);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return output;
    std::cerr.write(piece, count).flush();
    output.append(piece, static_cast<std::size_t>(count));
    if (output.size() > kMaxOutputBytes) output.erase(0, output.size() - kMaxOutputBytes);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw_errno("waiting for a program");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<std::string> find_program(const std::vector<std::string>& names) {
  const char* path = std::getenv("PATH");
  const std::string_view directories = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
  for (const std::string& name : names) {
    for (std::string_view rest = directories; !rest.empty();) {
      const auto end = rest.find(':');
      const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, end)) / name;
      if (candidate.is_absolute() && std::filesystem::is_regular_file(candidate) &&
          ::access(candidate.c_str(), X_OK) == 0)
        return candidate.string();
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  return std::nullopt;
}

Ended run_program(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("cannot start " + arguments.front());
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);

  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  const SpawnActions actions(writing.get());
  pid_t child = 0;
  errno = ::posix_spawn(&child, argv.front(), actions.get(), nullptr, argv.data(), environ);
  if (errno != 0) throw_errno("cannot start " + arguments.front());
  writing.close();
  std::string output = show_and_collect(reading.get());
  return {wait_for(child), std::move(output)};
}

std::string command_line(const std::vector<std::string>& arguments) {
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += ' ';
    const bool plain = !argument.empty() && argument.find_first_not_of(
                                                "abcdefghijklmnopqrstuvwxyz"
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789/._-=:,+@") == std::string::npos;
    if (plain) {
      line += argument;
      continue;
    }
    line += '\'';
    for (const char c : argument) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

}  // namespace pitview::kit
