// The password of the server's account: from PITVIEW_KIT_PASSWORD, otherwise asked
// for on the terminal without showing it. Never an argument, which every user of
// the machine could read in the list of processes.
#pragma once

#include <string>

namespace pitview::kit {

// Throws KitError when there is neither.
std::string read_password(const std::string& user);

}  // namespace pitview::kit
