// SPDX-License-Identifier: Apache-2.0
#include "core/signals/catalogue.h"

#include <algorithm>
#include <cctype>

namespace handrail::core {
namespace {

// Weights in thousandths, so that the table reads like the published one; all are judgement until fitted.
constexpr std::int64_t q16(int thousandths) { return (thousandths * 65536LL * 2 + 1000) / 2000; }

constexpr SignalRow row(SignalKind kind, std::string_view name, std::string_view words, Family family, GradeRow a,
                        GradeRow b = {Grade::kConfirmed, -1}, GradeRow c = {Grade::kConfirmed, -1}) {
  return {kind,   name,      words,
          family, {a, b, c}, static_cast<std::size_t>(1 + (b.weight_q16 >= 0) + (c.weight_q16 >= 0))};
}

constexpr std::array<SignalRow, kSignalKinds> kRows = {
    row(SignalKind::kRageClick, "rage_click", "rage clicks on", Family::kClick, {Grade::kProvisional, q16(350)},
        {Grade::kConfirmed, q16(600)}, {Grade::kRepeated, q16(800)}),
    row(SignalKind::kDeadClick, "dead_click", "no reaction from", Family::kClick, {Grade::kProvisional, q16(100)},
        {Grade::kConfirmed, q16(150)}, {Grade::kRepeated, q16(350)}),
    row(SignalKind::kDisabledClick, "disabled_click", "clicks on disabled", Family::kClick,
        {Grade::kConfirmed, q16(300)}),
    row(SignalKind::kErrorClick, "error_click", "error after click on", Family::kClick, {Grade::kConfirmed, q16(450)},
        {Grade::kRepeated, q16(780)}),
    row(SignalKind::kValidationRepeat, "validation_repeat", "invalid", Family::kField, {Grade::kTwice, q16(450)},
        {Grade::kThrice, q16(600)}),
    row(SignalKind::kFieldReentry, "field_reentry", "re-entered", Family::kField, {Grade::kConfirmed, q16(250)}),
    row(SignalKind::kSubmitFailRepeat, "submit_fail_repeat", "submit failed", Family::kForm, {Grade::kTwice, q16(600)},
        {Grade::kThrice, q16(800)}),
    row(SignalKind::kFormStall, "form_stall", "stalled in", Family::kForm, {Grade::kConfirmed, q16(400)}),
    row(SignalKind::kFormAbandonRisk, "form_abandon_risk", "about to abandon", Family::kForm,
        {Grade::kConfirmed, q16(500)}),
    row(SignalKind::kQuickBack, "quick_back", "went straight back from", Family::kNavigation, {Grade::kOnce, q16(100)},
        {Grade::kRepeated, q16(350)}),
    row(SignalKind::kPageLoop, "page_loop", "going in circles at", Family::kNavigation, {Grade::kConfirmed, q16(350)}),
    row(SignalKind::kScrollThrash, "scroll_thrash", "searching up and down", Family::kPointer,
        {Grade::kConfirmed, q16(150)}),
    row(SignalKind::kCursorThrash, "cursor_thrash", "erratic pointer", Family::kPointer, {Grade::kConfirmed, q16(120)}),
    row(SignalKind::kJsErrorBurst, "js_error_burst", "script errors", Family::kTechnical,
        {Grade::kConfirmed, q16(200)}),
    row(SignalKind::kNetFail, "net_fail", "failed requests", Family::kTechnical, {Grade::kConfirmed, q16(300)},
        {Grade::kCritical, q16(500)}),
    row(SignalKind::kInpPoor, "inp_poor", "slow reactions", Family::kTechnical, {Grade::kConfirmed, q16(150)}),
    row(SignalKind::kWait, "wait", "waiting for the page", Family::kTechnical, {Grade::kConfirmed, q16(150)}),
    row(SignalKind::kAppAttempts, "app_attempts", "attempts at", Family::kApp, {Grade::kAttempts2, q16(600)},
        {Grade::kAttempts3, q16(760)}, {Grade::kAttempts5, q16(870)}),
};

constexpr bool rows_in_enum_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(rows_in_enum_order());

constexpr std::array<std::string_view, 7> kFamilyNames = {"click",   "field",     "form", "navigation",
                                                          "pointer", "technical", "app"};
constexpr std::array<Millis, 7> kHalfLives = {60 * kSecond, 120 * kSecond, 120 * kSecond, 120 * kSecond,
                                              20 * kSecond, 60 * kSecond,  120 * kSecond};
constexpr std::array<std::string_view, 10> kGradeNames = {"provisional", "once",   "confirmed", "repeated", "critical",
                                                          "twice",       "thrice", "2",         "3",        "5"};

std::optional<std::size_t> place_of(const SignalRow& signal, Grade grade) {
  for (std::size_t i = 0; i < signal.grade_count; ++i) {
    if (signal.grades[i].grade == grade) return i;
  }
  return std::nullopt;
}

std::string_view times_in_words(Grade grade) {
  switch (grade) {
    case Grade::kTwice:
      return " twice";
    case Grade::kThrice:
      return " three times";
    case Grade::kRepeated:
      return " again";
    default:
      return "";
  }
}

std::string_view attempts_in_words(Grade grade) {
  switch (grade) {
    case Grade::kAttempts2:
      return "2 ";
    case Grade::kAttempts3:
      return "3 or more ";
    default:
      return "5 or more ";
  }
}

}  // namespace

const SignalRow& row_of(SignalKind kind) { return kRows[static_cast<std::size_t>(kind)]; }
std::span<const SignalRow> all_signals() { return kRows; }
std::string_view name_of(SignalKind kind) { return row_of(kind).name; }
std::string_view name_of(Family family) { return kFamilyNames[static_cast<std::size_t>(family)]; }
std::string_view name_of(Grade grade) { return kGradeNames[static_cast<std::size_t>(grade)]; }
Millis half_life_of(Family family) { return kHalfLives[static_cast<std::size_t>(family)]; }

std::optional<SignalKind> signal_named(std::string_view name) {
  const auto* found = std::find_if(kRows.begin(), kRows.end(), [&](const SignalRow& r) { return r.name == name; });
  if (found == kRows.end()) return std::nullopt;
  return found->kind;
}

std::optional<Grade> grade_named(std::string_view name) {
  const auto* found = std::find(kGradeNames.begin(), kGradeNames.end(), name);
  if (found == kGradeNames.end()) return std::nullopt;
  return static_cast<Grade>(found - kGradeNames.begin());
}

std::int64_t weight_q16(SignalKind kind, Grade grade) { return catalogue_weights().of(kind, grade); }

Weights::Weights() {
  for (const SignalRow& signal : kRows) {
    for (std::size_t i = 0; i < signal.grade_count; ++i)
      q16_[static_cast<std::size_t>(signal.kind)][i] = signal.grades[i].weight_q16;
  }
}

Weights::Weights(std::span<const WeightOverride> overrides) : Weights() {
  for (const WeightOverride& w : overrides) {
    if (const auto place = place_of(row_of(w.signal), w.grade))
      q16_[static_cast<std::size_t>(w.signal)][*place] = w.weight_q16;
  }
}

std::int64_t Weights::of(SignalKind kind, Grade grade) const {
  const auto place = place_of(row_of(kind), grade);
  return place ? q16_[static_cast<std::size_t>(kind)][*place] : 0;
}

const Weights& catalogue_weights() {
  static const Weights catalogue;
  return catalogue;
}

std::string spoken(std::string_view element_key) {
  const std::size_t colon = element_key.rfind(':');
  std::string out{colon == std::string_view::npos ? element_key : element_key.substr(colon + 1)};
  if (const std::size_t hash = out.find_first_not_of("#. "); hash != std::string::npos) out.erase(0, hash);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '-' || c == '_' || c == '.'; }, ' ');
  return out;
}

std::string words_for(SignalKind kind, Grade grade, std::string_view target) {
  const std::string words{row_of(kind).words};
  const std::string name = spoken(target);
  switch (kind) {
    case SignalKind::kValidationRepeat:
      return name + " " + words + std::string(times_in_words(grade));
    case SignalKind::kSubmitFailRepeat:
      return words + std::string(times_in_words(grade));
    case SignalKind::kAppAttempts:
      return std::string(attempts_in_words(grade)) + words + " " + name;
    default:
      break;
  }
  std::string out = words;
  if (row_of(kind).family != Family::kPointer && row_of(kind).family != Family::kTechnical) out += " " + name;
  return out + std::string(times_in_words(grade));
}

}  // namespace handrail::core
