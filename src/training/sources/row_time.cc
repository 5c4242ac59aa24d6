// SPDX-License-Identifier: Apache-2.0
#include "training/sources/row_time.h"

#include <charconv>
#include <chrono>
#include <ctime>
#include <string_view>

namespace handrail::training {
namespace {

constexpr std::int64_t kMicrosInSecond = 1'000'000;

// A text read from its beginning on.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool is_over() const { return rest_.empty(); }
  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool skip_any(std::string_view of) {
    if (rest_.empty() || of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits.
  std::optional<int> digits(std::size_t count) {
    int number = 0;
    if (rest_.size() < count) return std::nullopt;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = number * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }
  // One digit or more of a fraction, as microseconds.
  std::optional<std::int64_t> fraction() {
    std::int64_t micros = 0;
    std::int64_t unit = kMicrosInSecond / 10;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count, unit /= 10)
      micros += (rest_[count] - '0') * unit;
    rest_.remove_prefix(count);
    return count == 0 ? std::nullopt : std::optional(micros);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<UnixMicros> in_range(std::int64_t seconds, std::int64_t micros) {
  using namespace std::chrono;
  constexpr std::int64_t kEnd =
      sys_seconds(sys_days(year(TimeForm::kLatestYear + 1) / January / 1)).time_since_epoch().count();
  if (seconds < 0 || seconds >= kEnd) return std::nullopt;
  return seconds * kMicrosInSecond + micros;
}

std::optional<std::int64_t> seconds_of(int year, int month, int day, int hour, int minute, int second) {
  namespace c = std::chrono;
  const c::year_month_day date(c::year(year), c::month(static_cast<unsigned>(month)),
                               c::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;  // 60: a leap second
  return c::sys_days(date).time_since_epoch().count() * 86'400LL + hour * 3'600LL + minute * 60LL + second;
}

std::optional<UnixMicros> iso_time(std::string_view text, const TimeForm& form) {
  Scanner in(text);
  const auto year = in.digits(4);
  if (!year || !in.skip('-')) return std::nullopt;
  const auto month = in.digits(2);
  if (!month || !in.skip('-')) return std::nullopt;
  const auto day = in.digits(2);
  if (!day) return std::nullopt;
  int hour = 0, minute = 0, second = 0;
  std::int64_t micros = 0, offset = form.offset_seconds;
  if (in.skip_any("T ")) {
    const auto hours = in.digits(2);
    if (!hours || !in.skip(':')) return std::nullopt;
    const auto minutes = in.digits(2);
    if (!minutes) return std::nullopt;
    hour = *hours, minute = *minutes;
    if (in.skip(':')) {
      const auto seconds = in.digits(2);
      if (!seconds) return std::nullopt;
      second = *seconds;
      if (in.skip_any(".,")) {
        const auto part = in.fraction();
        if (!part) return std::nullopt;
        micros = *part;
      }
    }
    if (!in.is_over()) {
      in.skip(' ');
      const auto own = offset_in(in.rest());
      if (!own) return std::nullopt;
      offset = *own;
    }
  } else if (!in.is_over()) {
    return std::nullopt;
  }
  const auto seconds = seconds_of(*year, *month, *day, hour, minute, second);
  return seconds ? in_range(*seconds - offset, micros) : std::nullopt;
}

std::optional<UnixMicros> unix_time(std::string_view text, std::int64_t units_in_second) {
  std::int64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, count);
  if (ec != std::errc{} || count < 0) return std::nullopt;
  std::int64_t micros = count % units_in_second * (kMicrosInSecond / units_in_second);
  if (stop != end) {
    Scanner in({stop, end});
    if (units_in_second != 1 || !in.skip('.')) return std::nullopt;
    const auto fraction = in.fraction();
    if (!fraction || !in.is_over()) return std::nullopt;
    micros = *fraction;
  }
  return in_range(count / units_in_second, micros);
}

std::optional<UnixMicros> pattern_time(const std::string& text, const TimeForm& form) {
  std::tm parts{};
  parts.tm_year = form.year - 1900;
  parts.tm_mday = 1;
  const char* const end = strptime(text.c_str(), form.pattern.c_str(), &parts);
  if (end == nullptr || end != text.c_str() + text.size()) return std::nullopt;
  const auto seconds =
      seconds_of(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
  const bool has_offset = form.pattern.find("%z") != std::string::npos;
  const std::int64_t offset = has_offset ? parts.tm_gmtoff : form.offset_seconds;
  return seconds ? in_range(*seconds - offset, 0) : std::nullopt;
}

}  // namespace

std::optional<TimeForm> TimeForm::named(const std::string& name) {
  TimeForm form;
  if (name == "iso8601") return form;
  form.kind = Kind::kUnixSeconds;
  if (name == "unix_s") return form;
  form.kind = Kind::kUnixMillis;
  if (name == "unix_ms") return form;
  form.kind = Kind::kUnixMicros;
  if (name == "unix_us") return form;
  form.kind = Kind::kPattern;
  form.pattern = name;
  // %s would be in the machine's own time zone; fractions strptime does not know.
  const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (!has("%") || has("%s") || has("%f") || name.find('\0') != std::string::npos) return std::nullopt;
  return form;
}

std::optional<std::int64_t> offset_in(std::string_view text) {
  if (text == "Z") return 0;
  Scanner in(text);
  const bool is_west = text.starts_with('-');
  if (!in.skip_any("+-")) return std::nullopt;
  const auto hours = in.digits(2);
  if (!hours || *hours > 23) return std::nullopt;
  int minutes = 0;
  if (!in.is_over()) {
    in.skip(':');
    const auto given = in.digits(2);
    if (!given || *given > 59) return std::nullopt;
    minutes = *given;
  }
  if (!in.is_over()) return std::nullopt;
  return (*hours * 3'600 + minutes * 60) * (is_west ? -1 : 1);
}

std::optional<UnixMicros> time_in(const std::string& text, const TimeForm& form) {
  switch (form.kind) {
    case TimeForm::Kind::kIso8601:
      return iso_time(text, form);
    case TimeForm::Kind::kUnixSeconds:
      return unix_time(text, 1);
    case TimeForm::Kind::kUnixMillis:
      return unix_time(text, 1'000);
    case TimeForm::Kind::kUnixMicros:
      return unix_time(text, kMicrosInSecond);
    case TimeForm::Kind::kPattern:
      return pattern_time(text, form);
  }
  return std::nullopt;
}

}  // namespace handrail::training
