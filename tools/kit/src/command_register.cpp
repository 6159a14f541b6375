#include <algorithm>
#include <iostream>

#include "batch.h"
#include "commands.h"
#include "device_list.h"
#include "error.h"
#include "files.h"
#include "issued_batch.h"
#include "kit_log.h"
#include "password.h"
#include "server.h"

namespace pitview::kit {
namespace {

// The batch is the one that was asked for: same name, same boards.
void check_is_answer_to(const BatchRequest& request, const Batch& batch, const std::filesystem::path& path) {
  std::vector<std::string> wanted = request.devices;
  std::vector<std::string> issued;
  issued.reserve(batch.devices.size());
  for (const BatchDevice& device : batch.devices) issued.push_back(device.device_id);
  std::ranges::sort(wanted);
  std::ranges::sort(issued);
  if (batch.name != request.name || batch.hw_rev != request.hw_rev || wanted != issued)
    throw KitError(path.string() + " is another batch (\"" + plain_line(batch.name) + "\", " +
                   std::to_string(issued.size()) + " devices): use another --out");
}

void ask_server(const RegisterOptions& options, const BatchRequest& request, const std::filesystem::path& path) {
  Server server(options.server);
  const std::string password = read_password(options.user);
  IssuedBatch file(path, request.devices.size());
  server.sign_in(options.user, password);
  file.keep(server.issue(request));
}

void say_what_would_happen(const RegisterOptions& options, const BatchRequest& request,
                           const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) {
    check_is_answer_to(request, read_batch(path), path);
    std::cout << path.string() << " is there: the server would not be asked\n";
    return;
  }
  std::cout << "would register " << request.devices.size() << " devices as batch \"" << request.name << "\", rev "
            << request.hw_rev << ", at " << options.server << " and write " << path.string() << '\n';
}

void log_registered(const Batch& batch, KitLog& log) {
  for (const BatchDevice& device : batch.devices)
    if (!log.of(device.device_id).registered)
      log.append({.time = {}, .step = Step::registered, .device_id = device.device_id, .sha256 = {}, .detail = {}});
}

}  // namespace

void register_batch(const RegisterOptions& options, const Clock& clock) {
  const BatchRequest request{.name = options.name,
                             .hw_rev = options.hw_rev,
                             .devices = parse_device_list(read_file(options.macs), options.macs.string()),
                             .claim_days = options.claim_days};
  const std::filesystem::path path = options.out / "batch.json";
  const HttpClient checks_the_address(options.server);
  if (options.dry_run) return say_what_would_happen(options, request, path);
  make_private_directory(options.out);
  const BatchLock lock(options.out);
  KitLog log(options.out, clock);

  const bool known = std::filesystem::exists(path);
  if (!known && !IssuedBatch::recover(path)) ask_server(options, request, path);
  const Batch batch = read_batch(path);
  check_is_answer_to(request, batch, path);
  log_registered(batch, log);
  std::cout << "batch " << batch.batch_id << " \"" << batch.name << "\", " << batch.devices.size()
            << " devices: " << path.string() << (known ? " was there already" : "") << '\n';
}

}  // namespace pitview::kit
