// SPDX-License-Identifier: Apache-2.0
#include "core/risk/features.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/archive.h"
#include "base/check.h"
#include "core/risk/struggle.h"

namespace handrail::core {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

constexpr std::array kJourneyNumbers = {"events",
                                        "pages",
                                        "clicks",
                                        "submits",
                                        "failed_submits",
                                        "progress",
                                        "seconds",
                                        "gap",
                                        "previous_gap",
                                        "longest_gap",
                                        "mean_gap",
                                        "events_last_minute",
                                        "events_last_five_minutes",
                                        "events_last_hour",
                                        "events_last_day",
                                        "recent_gap",
                                        "distinct_types",
                                        "type_seen_before",
                                        "since_type",
                                        "distinct_pages",
                                        "revisits",
                                        "backtracks",
                                        "page_depth",
                                        "seconds_on_page",
                                        "fields_focused",
                                        "fields_changed",
                                        "fields_emptied",
                                        "fields_valid",
                                        "validations",
                                        "errors",
                                        "hidden",
                                        "exit_intents",
                                        "goal_place",
                                        "goal_distance",
                                        "goal_moved",
                                        "steps_back",
                                        "struggle",
                                        "highest_struggle",
                                        "episodes",
                                        "hour",
                                        "weekday",
                                        "day_of_month",
                                        "month",
                                        "journeys_before",
                                        "goals_before",
                                        "struggles_before",
                                        "days_since_last"};
constexpr std::array kFamilies = {Family::kClick,   Family::kField,     Family::kForm, Family::kNavigation,
                                  Family::kPointer, Family::kTechnical, Family::kApp};
constexpr std::array kTypeNumbers = {"count:", "since:"};
constexpr std::array kPropertyNumbers = {"", ".first", ".least", ".greatest", ".mean", ".count"};
constexpr std::array kCategoryNumbers = {".distinct", ".changes"};
constexpr std::array kJourneyCategories = {"type", "type_before", "type_before_that", "page", "device"};

float number(std::int64_t value) { return static_cast<float>(value); }
float seconds(Millis span) { return static_cast<float>(span) / 1000.0F; }

// Days since 1970-01-01 -> day of the month and month; by Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms".
struct Day {
  std::int64_t of_month, month;
};
Day day_of(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t of_era = shifted - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted_month = (5 * of_year + 2) / 153;
  return {of_year - (153 * shifted_month + 2) / 5 + 1, shifted_month < 10 ? shifted_month + 3 : shifted_month - 9};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Puts one value after the other into a row that has room for all.
class Pen {
 public:
  explicit Pen(std::vector<float>& row) : at_(row.data()) {}
  void put(float value) { *at_++ = value; }
  void put(std::int64_t value) { put(number(value)); }
  void put(std::uint32_t value) { put(static_cast<std::int64_t>(value)); }
  void put(int value) { put(static_cast<std::int64_t>(value)); }
  void put_size(std::size_t value) { put(static_cast<std::int64_t>(value)); }
  const float* place() const { return at_; }

 private:
  float* at_;
};

std::int64_t events_within(const Journey& journey, UnixMillis at, Millis span) {
  return std::count_if(journey.recent.begin(), journey.recent.end(),
                       [&](const EventDigest& d) { return at - d.at <= span; });
}

// The mean over the newest few: the pace of the moment beside that of the whole.
float recent_gap(const Journey& journey, UnixMillis at) {
  constexpr std::size_t kGaps = 5;
  if (journey.recent.size() < 2) return kMissing;
  const std::size_t gaps = std::min(kGaps, journey.recent.size() - 1);
  return seconds(at - journey.recent[journey.recent.size() - 1 - gaps].at) / static_cast<float>(gaps);
}

void put_counts(Pen& pen, const Journey& journey) {
  pen.put(journey.events);
  pen.put(journey.pages);
  pen.put(journey.clicks);
  pen.put(journey.submits);
  pen.put(journey.failed_submits);
  pen.put(journey.progress);
}

void put_timing(Pen& pen, const Journey& journey, const Trail& trail, UnixMillis at) {
  pen.put(seconds(trail.last_at - trail.first_at));
  pen.put(trail.events < 2 ? kMissing : seconds(trail.gap));
  pen.put(trail.events < 3 ? kMissing : seconds(trail.previous_gap));
  pen.put(trail.events < 2 ? kMissing : seconds(trail.longest_gap));
  pen.put(trail.events < 2 ? kMissing : seconds((trail.last_at - trail.first_at) / (trail.events - 1)));
  pen.put(events_within(journey, at, kMinute));
  pen.put(events_within(journey, at, 5 * kMinute));
  pen.put(events_within(journey, at, kHour));
  pen.put(events_within(journey, at, kDay));
  pen.put(recent_gap(journey, at));
}

void put_path(Pen& pen, const Journey& journey, const Trail& trail, UnixMillis at) {
  pen.put_size(trail.type_counts.size());
  const auto current = std::ranges::lower_bound(trail.type_counts, trail.types[0], {}, &TypeCount::type);
  const bool is_counted = current != trail.type_counts.end() && current->type == trail.types[0];
  pen.put(is_counted ? number(static_cast<std::int64_t>(current->count) - 1) : kMissing);
  pen.put(is_counted && current->before_at ? seconds(at - *current->before_at) : kMissing);
  pen.put_size(trail.pages.size());
  pen.put(trail.revisits);
  pen.put(trail.backtracks);
  pen.put(trail.page == 0 ? kMissing : number(trail.page_depth));
  pen.put(trail.page == 0 ? kMissing : seconds(at - trail.page_at));
  pen.put(trail.focused);
  pen.put(trail.changed);
  pen.put(trail.emptied);
  pen.put_size(journey.valid_fields.size());
  pen.put(trail.validations);
  pen.put(trail.errors);
  pen.put(trail.hidden);
  pen.put(trail.exit_intents);
  pen.put(trail.place < 0 ? kMissing : number(trail.place));
  pen.put(trail.place < 0 || trail.steps_of_goal < 0 ? kMissing : number(trail.steps_of_goal - trail.place));
  pen.put(trail.place < 0 ? kMissing : number(trail.moved));
  pen.put(trail.steps_back);
}

void put_trouble(Pen& pen, const Journey& journey, int struggle) {
  pen.put(struggle);
  pen.put(journey.highest_struggle);
  pen.put_size(journey.evidence.episodes.size());
}

void put_calendar(Pen& pen, UnixMillis at) {
  const std::int64_t days = floor_div(at, kDay);
  const Day day = day_of(days);
  pen.put(floor_div(at, kHour) - days * 24);
  pen.put(days + 3 - floor_div(days + 3, 7) * 7);  // 0: Monday
  pen.put(day.of_month);
  pen.put(day.month);
}

void put_past(Pen& pen, const Journey& journey, const Profile& profile) {
  pen.put(static_cast<std::int64_t>(profile.journeys) - 1);
  pen.put(profile.goals);
  pen.put(profile.struggles);
  const auto& last = profile.last_journey_at;
  pen.put(last ? static_cast<float>(journey.started_at - *last) / static_cast<float>(kDay) : kMissing);
}

// The strongest decayed episode of each family, 0..65536.
void put_families(Pen& pen, const Journey& journey, const Weights& weights, UnixMillis at) {
  std::array<std::int64_t, kFamilies.size()> strongest{};
  for (const Episode& episode : journey.evidence.episodes) {
    auto& of_family = strongest[static_cast<std::size_t>(row_of(episode.signal).family)];
    of_family = std::max(of_family, decayed_q16(episode, journey.evidence, at, weights));
  }
  for (const std::int64_t value : strongest) pen.put(value);
}

std::size_t columns_of(PropertyKind kind) {
  return kind == PropertyKind::kNumber ? kPropertyNumbers.size() : kCategoryNumbers.size();
}

}  // namespace

std::vector<std::string> number_names(const FeatureRecipe& recipe) {
  std::vector<std::string> names(kJourneyNumbers.begin(), kJourneyNumbers.end());
  for (const Family family : kFamilies) names.push_back("family:" + std::string(name_of(family)));
  for (const std::string& type : recipe.types) {
    for (const char* what : kTypeNumbers) names.push_back(what + type);
  }
  for (const Property& property : recipe.properties) {
    if (property.kind == PropertyKind::kNumber) {
      for (const char* what : kPropertyNumbers) names.push_back("number:" + property.path + what);
    } else {
      for (const char* what : kCategoryNumbers) names.push_back("category:" + property.path + what);
    }
  }
  return names;
}

std::vector<std::string> category_names(const FeatureRecipe& recipe) {
  std::vector<std::string> names(kJourneyCategories.begin(), kJourneyCategories.end());
  for (const Property& property : recipe.properties) {
    if (property.kind != PropertyKind::kCategory) continue;
    names.push_back("category:" + property.path);
    names.push_back("category:" + property.path + ".last");
  }
  return names;
}

std::uint64_t schema_hash(const FeatureRecipe& recipe) {
  std::string all = archived(recipe);
  for (const std::string& name : number_names(recipe)) all += name + '\n';
  for (const std::string& name : category_names(recipe)) all += name + '\n';
  return hash64(all);
}

bool is_assessed(FactKind kind) {
  return kind != FactKind::kClickOutcome && kind != FactKind::kField && kind != FactKind::kVisibility &&
         kind != FactKind::kConsent && kind != FactKind::kIdentify;
}

FeatureMaker::FeatureMaker(FeatureRecipe recipe) : recipe_(std::move(recipe)) {
  for (const Property& property : recipe_.properties) property_names_.push_back(name_hash(property));
  for (std::size_t i = 0; i < recipe_.types.size(); ++i) types_.push_back({category_of_text(recipe_.types[i]), i});
  std::ranges::sort(types_, {}, &TypeSlot::type);
}

bool FeatureMaker::fits(const Trail& trail) const {
  return std::ranges::all_of(property_names_, [&](std::uint64_t name) {
    return std::ranges::find(trail.properties, name, &PropertyTrail::name) != trail.properties.end();
  });
}

void FeatureMaker::put_types(const Trail& trail, UnixMillis at, FeatureRow& row) const {
  const std::size_t first = kJourneyNumbers.size() + kFamilies.size();
  auto counted = trail.type_counts.begin();
  for (const TypeSlot& slot : types_) {
    while (counted != trail.type_counts.end() && counted->type < slot.type) ++counted;
    const bool is_seen = counted != trail.type_counts.end() && counted->type == slot.type;
    float* place = &row.numbers[first + slot.column * kTypeNumbers.size()];
    place[0] = is_seen ? number(counted->count) : 0.0F;
    place[1] = is_seen ? seconds(at - counted->last_at) : kMissing;
  }
}

void FeatureMaker::put_properties(const Trail& trail, FeatureRow& row) const {
  std::size_t column = kJourneyNumbers.size() + kFamilies.size() + types_.size() * kTypeNumbers.size();
  std::size_t category = kJourneyCategories.size();
  for (std::size_t i = 0; i < property_names_.size(); ++i) {
    const auto kept = std::ranges::find(trail.properties, property_names_[i], &PropertyTrail::name);
    check(kept != trail.properties.end(), "the trail lacks a property of the recipe");
    const bool is_known = kept->count > 0;
    float* place = &row.numbers[column];
    const PropertyKind kind = recipe_.properties[i].kind;
    column += columns_of(kind);
    if (kind == PropertyKind::kNumber) {
      const auto mean = static_cast<float>(kept->sum / static_cast<double>(std::max(kept->count, 1U)));
      const std::array values = {kept->last, kept->first, kept->least, kept->greatest, mean};
      for (std::size_t k = 0; k < values.size(); ++k) place[k] = is_known ? values[k] : kMissing;
      place[values.size()] = number(kept->count);
    } else {
      place[0] = number(static_cast<std::int64_t>(kept->distinct.size()));
      place[1] = number(kept->changes);
      row.categories[category++] = kept->now;
      row.categories[category++] = kept->last_seen;
    }
  }
}

void FeatureMaker::make(const Journey& journey, const Profile& profile, const Weights& weights, int struggle,
                        FeatureRow& row) const {
  check(journey.trail.has_value(), "a journey without a trail has no features");
  const Trail& trail = *journey.trail;
  const UnixMillis at = trail.last_at;
  std::size_t numbers = kJourneyNumbers.size() + kFamilies.size() + types_.size() * kTypeNumbers.size();
  std::size_t categories = kJourneyCategories.size();
  for (const Property& property : recipe_.properties) {
    numbers += columns_of(property.kind);
    categories += property.kind == PropertyKind::kCategory ? 2 : 0;
  }
  row.numbers.resize(numbers);
  row.categories.resize(categories);
  Pen pen{row.numbers};
  put_counts(pen, journey);
  put_timing(pen, journey, trail, at);
  put_path(pen, journey, trail, at);
  put_trouble(pen, journey, struggle);
  put_calendar(pen, at);
  put_past(pen, journey, profile);
  check(pen.place() == row.numbers.data() + kJourneyNumbers.size(), "a feature is missing, or one too many");
  put_families(pen, journey, weights, at);
  put_types(trail, at, row);
  put_properties(trail, row);
  std::ranges::copy(trail.types, row.categories.begin());
  row.categories[3] = trail.page;
  row.categories[4] = trail.device == Device::kUnknown ? 0 : category_of_text(name_of(trail.device));
}

}  // namespace handrail::core
