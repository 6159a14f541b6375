// What the demo consists of, as data.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace pitview::demo {

struct DemoUser {
  std::string_view username;
  std::string_view name;
  std::string_view role;
};

struct DemoPit {
  int number;
  std::string_view car;  // what the simulated camera shows; empty: an empty bay
  std::string_view colour;
};

struct DemoJob {
  int pit_number;
  std::string_view customer;  // username
  std::string_view car;
  std::string_view plate;
  std::string_view work_type;
  int started_minutes_ago;
  int stage;               // 1-based, under way
  std::string_view staff;  // username
};

struct DemoWorkshop {
  std::string_view code;
  std::string_view name;
  std::string_view address;
  std::string_view phone;
  std::string_view mac_prefix;  // of its devices; the last two digits are the pit's
  std::span<const DemoUser> users;
  std::span<const DemoPit> pits;
  std::span<const DemoJob> jobs;
};

// Who runs the platform; belongs to no workshop of the demo.
inline constexpr std::string_view kPlatformCode = "workshop_000";
inline constexpr DemoUser kPlatformUser = {"platform", "PitView Platform", "super_admin"};

inline constexpr std::array kShineUsers = {
    DemoUser{"amit", "Amit Kapoor", "owner"}, DemoUser{"pooja", "Pooja Verma", "manager"},
    DemoUser{"imran", "Imran Ali", "operator"}, DemoUser{"rohan", "Rohan Mehta", "customer"},
    DemoUser{"sara", "Sara Khan", "customer"}};
inline constexpr std::array kShinePits = {DemoPit{1, "Tata Harrier", "#2f5c9e"}, DemoPit{2, "Hyundai Creta", "#d9d9d6"},
                                          DemoPit{3, "", "#3a3f44"}};
inline constexpr std::array kShineJobs = {
    DemoJob{1, "rohan", "Tata Harrier", "DL 01 AB 1234", "Full PPF", 130, 2, "imran"},
    DemoJob{2, "sara", "Hyundai Creta", "DL 8C AX 1204", "Ceramic Coating", 50, 1, "pooja"}};

inline constexpr std::array kGlossUsers = {DemoUser{"neha", "Neha Joshi", "owner"},
                                           DemoUser{"kiran", "Kiran Rao", "customer"}};
inline constexpr std::array kGlossPits = {DemoPit{1, "Kia Seltos", "#3a3f44"}};
inline constexpr std::array kGlossJobs = {
    DemoJob{1, "kiran", "Kia Seltos", "MH 12 QA 7788", "Partial PPF", 40, 2, "neha"}};

inline constexpr std::array kWorkshops = {
    DemoWorkshop{"workshop_001", "Shine Studio", "Sector 29, Gurugram", "+911244000100", "A1B2C3D4E5", kShineUsers,
                 kShinePits, kShineJobs},
    DemoWorkshop{"workshop_002", "Gloss Garage", "Baner, Pune", "+912040000200", "B1B2C3D4E5", kGlossUsers, kGlossPits,
                 kGlossJobs},
};

}  // namespace pitview::demo
