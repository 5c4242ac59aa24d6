// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace handrail::core {

// The signals, their families and their weights. The order of families is the order of the score's product;
// both enums are stored, so values are appended, never reordered.
enum class Family : std::uint8_t { kClick, kField, kForm, kNavigation, kPointer, kTechnical, kApp };
constexpr std::uint64_t enum_end(Family) { return 7; }

enum class SignalKind : std::uint8_t {
  kRageClick,
  kDeadClick,
  kDisabledClick,
  kErrorClick,
  kValidationRepeat,
  kFieldReentry,
  kSubmitFailRepeat,
  kFormStall,
  kFormAbandonRisk,
  kQuickBack,
  kPageLoop,
  kScrollThrash,
  kCursorThrash,
  kJsErrorBurst,
  kNetFail,
  kInpPoor,
  kWait,
  kAppAttempts,
};
inline constexpr std::size_t kSignalKinds = 18;
constexpr std::uint64_t enum_end(SignalKind) { return kSignalKinds; }

// Rising within an episode: a later grade replaces an earlier, lower one.
enum class Grade : std::uint8_t {
  kProvisional,
  kOnce,
  kConfirmed,
  kRepeated,
  kCritical,
  kTwice,
  kThrice,
  kAttempts2,
  kAttempts3,
  kAttempts5,
};
constexpr std::uint64_t enum_end(Grade) { return 10; }

struct GradeRow {
  Grade grade;
  std::int64_t weight_q16;  // round(weight * 65536)
};

struct SignalRow {
  SignalKind kind;
  std::string_view name;   // on the wire
  std::string_view words;  // on screens, completed by words_for()
  Family family;
  std::array<GradeRow, 3> grades;
  std::size_t grade_count;
};

const SignalRow& row_of(SignalKind kind);
std::span<const SignalRow> all_signals();
std::string_view name_of(SignalKind kind);
std::string_view name_of(Family family);
std::string_view name_of(Grade grade);
std::optional<SignalKind> signal_named(std::string_view name);
std::optional<Grade> grade_named(std::string_view name);
Millis half_life_of(Family family);

// 0 for a grade that the signal does not have.
std::int64_t weight_q16(SignalKind kind, Grade grade);

// Another weight than the catalogue's, for one grade of one signal.
struct WeightOverride {
  SignalKind signal = SignalKind::kRageClick;
  Grade grade = Grade::kProvisional;
  std::uint32_t weight_q16 = 0;  // 0..65536
};
template <class A>
void fields(A& a, WeightOverride& w) {
  a(w.signal, w.grade, w.weight_q16);
}

// What each grade of each signal weighs: the catalogue, and a site's own words about it.
class Weights {
 public:
  Weights();
  explicit Weights(std::span<const WeightOverride> overrides);
  std::int64_t of(SignalKind kind, Grade grade) const;  // Q16

 private:
  std::array<std::array<std::int64_t, 3>, kSignalKinds> q16_{};  // in the order of the catalogue's grades
};
const Weights& catalogue_weights();

// "submit failed twice", "term invalid twice", "3 attempts at loan calculator"
std::string words_for(SignalKind kind, Grade grade, std::string_view target);

// "field:loan-term" -> "loan term": an element key as people would say it.
std::string spoken(std::string_view element_key);

}  // namespace handrail::core
