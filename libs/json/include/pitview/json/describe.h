// What a struct or an enum consists of, known at compile time (Boost.Describe).
//
//   struct Device { std::string device_id; std::optional<Timestamp> last_seen; };
//   BOOST_DESCRIBE_STRUCT(Device, (), (device_id, last_seen))
//
//   enum class JobStatus { waiting, in_progress };
//   BOOST_DESCRIBE_ENUM(JobStatus, waiting, in_progress)
//
// Members are named as on the wire. Members of described bases come first.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <optional>
#include <string_view>
#include <type_traits>

namespace pitview::json {

template <class T>
concept DescribedEnum = std::is_enum_v<T> && boost::describe::has_describe_enumerators<T>::value;

template <class T>
concept DescribedStruct = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

// Calls f(name, pointer to member) for every member, those of the bases first.
template <DescribedStruct T, class F>
constexpr void for_each_member(F&& f) {
  namespace bd = boost::describe;
  boost::mp11::mp_for_each<bd::describe_members<T, bd::mod_public | bd::mod_inherited>>(
      [&](auto member) { f(std::string_view(member.name), member.pointer); });
}

// Calls f(name, enumerator) for every enumerator, in the order of the description.
template <DescribedEnum E, class F>
constexpr void for_each_enumerator(F&& f) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
      [&](auto enumerator) { f(std::string_view(enumerator.name), enumerator.value); });
}

// "" for a value that is no enumerator.
template <DescribedEnum E>
constexpr std::string_view enum_name(E value) {
  std::string_view found;
  for_each_enumerator<E>([&](std::string_view name, E candidate) {
    if (candidate == value) found = name;
  });
  return found;
}

template <DescribedEnum E>
constexpr std::optional<E> enum_from_name(std::string_view text) {
  std::optional<E> found;
  for_each_enumerator<E>([&](std::string_view name, E candidate) {
    if (name == text) found = candidate;
  });
  return found;
}

// The unqualified name of a type: "Job" for pitview::jobs::Job.
template <class T>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;  // "… type_name() [T = pitview::jobs::Job]"
  text.remove_prefix(text.find("[T = ") + 5);
  text.remove_suffix(1);
  const auto arguments = text.find('<');
  const auto scope = text.substr(0, arguments).rfind("::");
  return scope == std::string_view::npos ? text : text.substr(scope + 2);
}

}  // namespace pitview::json
