// A new, empty database for one test, dropped when the test ends.
//
// The server is the one of PITVIEW_TEST_POSTGRES (a connection string of a
// superuser of a throw-away cluster that trusts local connections); without it
// the constructor throws, so that the test fails and says why. The three roles
// of the product are made when the cluster lacks them; the database belongs to
// pitview_owner.
#pragma once

#include <string>

namespace pitview::postgres::testing {

class ScratchDatabase {
 public:
  ScratchDatabase();
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  const std::string& name() const noexcept { return name_; }
  std::string superuser() const { return conninfo_; }
  std::string owner() const { return as("pitview_owner"); }
  std::string app() const { return as("pitview_app"); }
  std::string readonly() const { return as("pitview_readonly"); }
  std::string as(const std::string& role) const;

 private:
  std::string name_;
  std::string conninfo_;  // this database, as the superuser
};

}  // namespace pitview::postgres::testing
