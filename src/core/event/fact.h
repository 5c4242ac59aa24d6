// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "core/event/consent.h"

namespace handrail::core {

// The raw facts a page reports (web/protocol/facts.schema.json), in the form the core works on. Facts, not verdicts:
// thresholds live in signals/. A fact that no detector reads yet is kept whole in Event::data_json.

struct Custom {};  // any type of event without a meaning of its own here

struct PageView {
  std::string path;
  std::string page;  // path with ids replaced; what two visits to "the same page" share
};

// What the page did after a click, as far as it had been watched.
enum class Reaction : std::uint8_t { kUnknown, kNone, kSome };
constexpr std::uint64_t enum_end(Reaction) { return 3; }

struct ClickOutcome {
  std::uint64_t click = 0;  // number of the click within its tab
  Millis after = 0;         // watched for 150, 600 or 2500 ms
  Reaction reaction = Reaction::kUnknown;
  bool error = false;
};

// Why repeated or unanswered clicks on this element are no trouble (bits).
enum ClickExcuse : std::uint8_t {
  kExcuseNone = 0,
  kExcuseRage = 1,  // stepper, text, canvas, media, drag, ignored by markup, untrusted, keyboard
  kExcuseDead = 2,  // opens elsewhere, downloads, not interactive, text, canvas, ignored by markup
};

struct Click {
  std::uint64_t click = 0;
  std::string key;
  std::int64_t x = 0;
  std::int64_t y = 0;
  bool disabled = false;
  std::uint8_t excuses = kExcuseNone;
  std::optional<ClickOutcome> outcome;  // where the click waited for its first one
};

enum class FieldPhase : std::uint8_t { kFocus, kBlur, kChange };
constexpr std::uint64_t enum_end(FieldPhase) { return 3; }
enum class Validity : std::uint8_t { kUnknown, kValid, kInvalid };
constexpr std::uint64_t enum_end(Validity) { return 3; }

struct Field {
  std::string key;
  FieldPhase phase = FieldPhase::kFocus;
  Validity validity = Validity::kUnknown;
  bool changed = false;
  bool empty = false;
};

enum class ValidationMoment : std::uint8_t { kInput, kBlur, kSubmit };
constexpr std::uint64_t enum_end(ValidationMoment) { return 3; }

struct Validation {
  std::string key;
  std::string form;
  ValidationMoment moment = ValidationMoment::kBlur;
  bool empty = false;
};

enum class SubmitResult : std::uint8_t { kOk, kInvalid, kFailed, kUnknown };
constexpr std::uint64_t enum_end(SubmitResult) { return 4; }

struct Submit {
  std::string form;
  SubmitResult result = SubmitResult::kUnknown;
};

struct ExitIntent {};

struct Visibility {
  bool visible = true;
};

struct Step {
  std::string funnel;
  std::string step;
  std::optional<std::int64_t> index;
};

struct DeclaredProgress {
  std::string name;
};

struct Goal {
  std::string name;
};

struct Identify {
  std::string user_id;
};

// The app's own word that someone struggles: the original demo app's `struggle_signal`.
struct AppStruggle {
  std::string feature;
  std::int64_t attempts = 0;
};

// The visitor's choice: the purposes that it names.
struct ConsentChoice {
  Consent consent;
};

// Appended to, never reordered: the index is stored.
using Fact = std::variant<Custom, PageView, Click, ClickOutcome, Field, Validation, Submit, ExitIntent, Visibility,
                          Step, DeclaredProgress, Goal, Identify, AppStruggle, ConsentChoice>;
inline constexpr std::size_t kFactKinds = std::variant_size_v<Fact>;

enum class FactKind : std::uint8_t {
  kCustom,
  kPageView,
  kClick,
  kClickOutcome,
  kField,
  kValidation,
  kSubmit,
  kExitIntent,
  kVisibility,
  kStep,
  kProgress,
  kGoal,
  kIdentify,
  kAppStruggle,
  kConsent,
};
constexpr std::uint64_t enum_end(FactKind) { return kFactKinds; }

inline FactKind kind_of(const Fact& fact) { return static_cast<FactKind>(fact.index()); }

}  // namespace handrail::core
