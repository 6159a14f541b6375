// What the demo consists of, as data.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace pitview::demo {

struct DemoStage {
  std::string_view name;
  int weight;
  std::string_view sentence;
};

struct DemoTemplate {
  std::string_view name;
  int minutes;
  std::array<DemoStage, 4> stages;
};

// The plan's work types (§6.1) with the stages of §4.3.
inline constexpr std::array kTemplates = {
    DemoTemplate{
        "Full PPF",
        360,
        {{{"Surface Prep", 25, "We are washing and decontaminating the paint, so that nothing stays under the film."},
          {"PPF Installation", 50, "The film is going on, panel by panel."},
          {"Curing", 15, "The film is bonding to the paint under warm light."},
          {"Quality Check", 10, "We are looking at every edge before you get your car back."}}}},
    DemoTemplate{"Partial PPF",
                 180,
                 {{{"Surface Prep", 25, "We are washing and decontaminating the panels that get film."},
                   {"PPF Installation", 50, "The film is going on, panel by panel."},
                   {"Curing", 15, "The film is bonding to the paint under warm light."},
                   {"Quality Check", 10, "We are looking at every edge before you get your car back."}}}},
    DemoTemplate{"Ceramic Coating",
                 240,
                 {{{"Surface Prep", 35, "We are polishing the paint, so that the coating bonds evenly."},
                   {"Coating", 30, "The coating is being applied, panel by panel."},
                   {"Curing", 25, "The coating is hardening; it must stay dry and clean now."},
                   {"Quality Check", 10, "We are looking at every panel before you get your car back."}}}},
};

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
