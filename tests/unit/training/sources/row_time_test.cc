// SPDX-License-Identifier: Apache-2.0
#include "training/sources/row_time.h"

#include <doctest/doctest.h>

using namespace handrail;
using namespace handrail::training;

namespace {

std::optional<UnixMicros> at(const char* form, const char* text) {
  const auto named = TimeForm::named(form);
  REQUIRE(named);
  return time_in(text, *named);
}

constexpr UnixMicros kSecondMicros = 1'000'000;
constexpr UnixMicros kMay4 = 1'777'852'800 * kSecondMicros;  // 2026-05-04

}  // namespace

TEST_CASE("ISO 8601 times are read with fractions and offsets") {
  CHECK(at("iso8601", "2026-05-04") == kMay4);
  CHECK(at("iso8601", "2026-05-04 00:01") == kMay4 + 60 * kSecondMicros);
  CHECK(at("iso8601", "2026-05-04T00:00:01Z") == kMay4 + kSecondMicros);
  CHECK(at("iso8601", "2026-05-04T02:00:00.25+02:00") == kMay4 + 250'000);
  CHECK(at("iso8601", "2026-05-03T20:30:00,000001-0330") == kMay4 + 1);
  CHECK(at("iso8601", "2026-05-04T00:00:00.1234567 Z") == kMay4 + 123'456);
  CHECK(at("iso8601", "1970-01-01T00:00:00Z") == 0);
  CHECK(at("iso8601", "2000-02-29") == 951'782'400 * kSecondMicros);
}

TEST_CASE("what is no ISO 8601 time, or no day of the calendar, is refused") {
  for (const char* text :
       {"", "2026", "2026-05", "2026-5-4", "04/05/2026", "2026-05-04T", "2026-05-04T1:00", "2026-05-04x", "2026-02-29",
        "2026-13-01", "2026-00-10", "2026-05-04T24:00:00", "2026-05-04T00:60:00", "2026-05-04T00:00:00.",
        "2026-05-04T00:00:00+2", "2026-05-04T00:00:00+02:00:00", "2026-05-04T00:00:00+25:00", "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00"}) {
    CAPTURE(text);
    CHECK_FALSE(at("iso8601", text));
  }
}

TEST_CASE("Unix times are read in seconds, milliseconds and microseconds") {
  CHECK(at("unix_s", "1777852800") == kMay4);
  CHECK(at("unix_s", "1777852800.5") == kMay4 + 500'000);
  CHECK(at("unix_ms", "1777852800001") == kMay4 + 1'000);
  CHECK(at("unix_us", "1777852800000001") == kMay4 + 1);
  for (const char* text : {"", "-1", "x", "1e9", "1777852800.", "1777852800.5s", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(at("unix_s", text));
  }
  CHECK_FALSE(at("unix_ms", "1777852800001.5"));
  CHECK_FALSE(at("unix_s", "253402300800"));  // the year 10000
}

TEST_CASE("a pattern of strptime's is read, and what it does not say is the first of the year") {
  CHECK(at("%d/%m/%Y %H:%M", "04/05/2026 00:01") == kMay4 + 60 * kSecondMicros);
  CHECK(at("%Y-%m-%d %H:%M:%S %z", "2026-05-04 02:00:00 +0200") == kMay4);
  auto month = *TimeForm::named("%b");
  month.year = 2026;
  CHECK(time_in("May", month) == time_in("2026-05-01", *TimeForm::named("iso8601")));
  CHECK(time_in("June", month) == time_in("2026-06-01", *TimeForm::named("iso8601")));
  CHECK_FALSE(time_in("Junes", month));
  CHECK_FALSE(at("%d/%m/%Y", "31/02/2026"));
  CHECK_FALSE(at("%d/%m/%Y", "04/05/2026 "));
}

TEST_CASE("times that name no offset are in the one that the form says") {
  auto form = *TimeForm::named("iso8601");
  form.offset_seconds = 7200;
  CHECK(time_in("2026-05-04T02:00:00", form) == kMay4);
  CHECK(time_in("2026-05-04T00:00:00Z", form) == kMay4);
  auto pattern = *TimeForm::named("%Y-%m-%d %H");
  pattern.offset_seconds = -3600;
  CHECK(time_in("2026-05-03 23", pattern) == kMay4);
}

TEST_CASE("a form is a name or a pattern, without what depends on the machine") {
  CHECK_FALSE(TimeForm::named("iso"));
  CHECK_FALSE(TimeForm::named("%s"));
  CHECK_FALSE(TimeForm::named("%H:%M:%S.%f"));
  CHECK(offset_in("Z") == 0);
  CHECK(offset_in("+02") == 7200);
  CHECK(offset_in("-03:30") == -12600);
  CHECK_FALSE(offset_in("CET"));
  CHECK_FALSE(offset_in(""));
}
