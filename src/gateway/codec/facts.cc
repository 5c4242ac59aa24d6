// SPDX-License-Identifier: Apache-2.0
#include "gateway/codec/facts.h"

#include <algorithm>
#include <unordered_map>

namespace handrail::gateway {
namespace {

using namespace core;

constexpr std::size_t kKeyBytes = 120;
constexpr std::size_t kPathBytes = 500;
constexpr std::int64_t kPixels = 1'000'000;
constexpr std::int64_t kManyMillis = 30LL * kDay;
constexpr std::int64_t kManyClicks = 1'000'000'000;

constexpr std::size_t kWordBytes = 40;
constexpr std::int64_t kManyKeys = 1'000'000;

// Members that no detector reads yet are checked all the same: what is kept is what the schema says.
std::string optional_key(JsonReader& in, std::string_view name) {
  std::string key = in.optional_text(name, kKeyBytes);
  if (!in.fault() && key.empty() && in.find(name)) in.fail(name, "out_of_range", "must not be empty");
  return key;
}
void check_spans(JsonReader& in, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) (void)in.optional_integer(name, 0, kManyMillis);
}
void check_flags(JsonReader& in, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) (void)in.optional_flag(name);
}

Reaction reaction_of(std::size_t kind) { return kind == 0 ? Reaction::kNone : Reaction::kSome; }

ClickOutcome read_outcome(JsonReader& in) {
  ClickOutcome outcome;
  outcome.after = in.integer("afterMs", 0, kManyMillis);
  if (!in.fault() && outcome.after != 150 && outcome.after != 600 && outcome.after != 2500) {
    in.fail("afterMs", "out_of_range", "must be 150, 600 or 2500");
  }
  outcome.reaction =
      reaction_of(in.one_of("kind", {"none", "mutation", "request", "nav", "scroll", "selection", "input", "focus_blur",
                                     "visibility", "media", "dialog", "download"}));
  (void)in.optional_integer("reactionMs", 0, kManyMillis);
  outcome.error = in.flag("error", false);
  return outcome;
}

// Which clicks can be neither rage nor dead: what the page says of the element, and who pressed it.
std::uint8_t excuses_of(JsonReader& in) {
  enum Hint { kNone, kStepper, kTextSelection, kCanvas, kMedia, kDrag, kNewTab, kDownload, kFilePicker, kExternal };
  std::uint8_t excuses = kExcuseNone;
  const auto hint = in.one_of("hint",
                              {"none", "stepper", "text_selection", "canvas", "media", "drag", "new_tab", "download",
                               "file_picker", "external"},
                              0);
  if (hint == kStepper) excuses |= kExcuseRage;
  if (hint == kTextSelection || hint == kCanvas || hint == kMedia || hint == kDrag)
    excuses |= kExcuseRage | kExcuseDead;
  if (hint >= kNewTab) excuses |= kExcuseRage | kExcuseDead;
  const bool by_hand = in.flag("trusted", true) && in.optional_integer("detail", 0, 1'000'000).value_or(1) > 0;
  if (!by_hand || in.flag("inText", false)) excuses |= kExcuseRage | kExcuseDead;
  if (in.optional_integer("modifiers", 0, 15).value_or(0) != 0) excuses |= kExcuseRage | kExcuseDead;
  if (!in.flag("interactive", true)) excuses |= kExcuseDead;
  if (const auto ignore = in.optional_array("ignore")) {
    for (simdjson::dom::element item : *ignore) {
      std::string_view what;
      if (item.get(what) != simdjson::SUCCESS)
        in.fail("ignore", "wrong_type", "must hold strings");
      else if (what == "rage")
        excuses |= kExcuseRage;
      else if (what == "dead")
        excuses |= kExcuseDead;
      else if (what != "error")
        in.fail("ignore", "out_of_range", "must hold rage, dead or error");
    }
  }
  return excuses;
}

Fact read_page(JsonReader& in) {
  PageView page;
  page.path = in.text("path", kPathBytes);
  page.page = in.optional_text("template", 200);
  if (page.page.empty()) page.page = page_of_path(page.path);
  (void)in.one_of("navigation", {"load", "reload", "push", "replace", "pop", "bfcache"}, 0);
  check_flags(in, {"visible"});
  return page;
}

Fact read_click(JsonReader& in) {
  Click click;
  click.click = static_cast<std::uint64_t>(in.integer("click", 1, kManyClicks));
  click.key = in.text("key", kKeyBytes);
  click.x = in.optional_integer("x", -kPixels, kPixels).value_or(0);
  click.y = in.optional_integer("y", -kPixels, kPixels).value_or(0);
  click.disabled = in.flag("disabled", false);
  (void)in.optional_text("role", kWordBytes);
  (void)in.optional_integer("button", -kPixels, kPixels);
  (void)in.one_of("pointer", {"mouse", "touch", "pen", "keyboard"}, 0);
  click.excuses = excuses_of(in);
  if (const auto outcome = in.optional_object("outcome")) {
    JsonReader reader(*outcome, in.path_of("outcome"));
    click.outcome = read_outcome(reader);
    click.outcome->click = click.click;
    if (reader.fault()) in.fail_as(*reader.fault());
  }
  return click;
}

Fact read_click_outcome(JsonReader& in) {
  const auto click = static_cast<std::uint64_t>(in.integer("click", 1, kManyClicks));
  ClickOutcome outcome = read_outcome(in);
  outcome.click = click;
  return outcome;
}

Fact read_field(JsonReader& in) {
  Field field;
  field.key = in.text("key", kKeyBytes);
  field.phase = static_cast<FieldPhase>(in.one_of("phase", {"focus", "blur", "change"}));
  const auto valid = in.optional_flag("valid");
  field.validity = !valid ? Validity::kUnknown : *valid ? Validity::kValid : Validity::kInvalid;
  field.changed = in.flag("changed", false);
  field.empty = in.flag("empty", false);
  (void)optional_key(in, "form");
  (void)in.optional_text("type", kWordBytes);
  check_spans(in, {"activeMs", "firstKeyMs"});
  for (const char* name : {"keys", "deletes", "pastes"}) (void)in.optional_integer(name, 0, kManyKeys);
  check_flags(in, {"autofill"});
  return field;
}

Fact read_validation(JsonReader& in) {
  Validation validation;
  validation.key = in.text("key", kKeyBytes);
  validation.form = optional_key(in, "form");
  (void)in.optional_text("rule", kWordBytes);
  (void)in.one_of("source", {"native", "aria", "app"}, 0);
  validation.moment = static_cast<ValidationMoment>(in.one_of("when", {"input", "blur", "submit"}));
  validation.empty = in.flag("empty", false);
  return validation;
}

Fact read_submit(JsonReader& in) {
  Submit submit;
  submit.form = in.text("form", kKeyBytes);
  submit.result = static_cast<SubmitResult>(in.one_of("result", {"ok", "invalid", "failed", "unknown"}));
  check_spans(in, {"ms"});
  (void)in.optional_integer("status", -1, 999);
  return submit;
}

Fact read_exit_intent(JsonReader& in) {
  (void)in.one_of("kind", {"top", "back", "tab_hide", "close"});
  return ExitIntent{};
}

Fact read_visibility(JsonReader& in) {
  const auto visible = in.optional_flag("visible");
  if (!visible) in.fail("visible", "missing_field", "is required");
  return Visibility{visible.value_or(true)};
}

Fact read_step(JsonReader& in) {
  Step step;
  step.funnel = in.text("funnel", kKeyBytes);
  step.step = in.text("step", kKeyBytes);
  step.index = in.optional_integer("index", 0, 10'000);
  return step;
}

Fact read_progress(JsonReader& in) { return DeclaredProgress{optional_key(in, "name")}; }

Fact read_goal(JsonReader& in) {
  Goal goal{in.text("name", kKeyBytes)};
  if (const auto value = in.find("value"); value && !value->is_number())
    in.fail("value", "wrong_type", "must be a number");
  const std::string currency = in.optional_text("currency", kWordBytes);
  const bool is_code = currency.size() == 3 &&
                       std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!in.fault() && in.find("currency") && !is_code)
    in.fail("currency", "bad_id", "must be three capital letters, such as EUR");
  return goal;
}

Fact read_identify(JsonReader& in) {
  Identify identify{in.text("userId", 200)};
  if (!in.fault() && !is_id(identify.user_id))
    in.fail("userId", "bad_id", "may hold letters, digits and _ . : @ -, at most 200");
  return identify;
}

Fact read_app_struggle(JsonReader& in) {
  AppStruggle app;
  app.feature = in.text("feature", 200);
  if (!in.fault() && !all_in(app.feature, "._-")) in.fail("feature", "bad_id", "may hold letters, digits and . _ -");
  app.attempts = in.integer("attemptCount", 2, 50);
  return app;
}

Agreement read_agreement(JsonReader& in, std::string_view purpose) {
  const auto said = in.optional_flag(purpose);
  return !said ? Agreement::kUnasked : *said ? Agreement::kGranted : Agreement::kRefused;
}

Fact read_consent(JsonReader& in) {
  const Consent consent{read_agreement(in, "analytics"), read_agreement(in, "assistance"),
                        read_agreement(in, "training"), read_agreement(in, "ai")};
  if (!in.fault() && consent.analytics == Agreement::kUnasked) in.fail("analytics", "missing_field", "is required");
  return ConsentChoice{consent};
}

bool looks_like_id(std::string_view part) {
  const bool has_digit = std::any_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool all_digits = std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  const bool all_hex = std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
  });
  return !part.empty() && has_digit && (all_digits || (all_hex && part.size() >= 8) || part.size() >= 20);
}

}  // namespace

Fact read_fact(std::string_view event_type, JsonReader& data) {
  using Read = Fact (*)(JsonReader&);
  static const std::unordered_map<std::string_view, Read> kReaders = {{"page", read_page},
                                                                      {"click", read_click},
                                                                      {"click_outcome", read_click_outcome},
                                                                      {"field", read_field},
                                                                      {"validation", read_validation},
                                                                      {"submit", read_submit},
                                                                      {"exit_intent", read_exit_intent},
                                                                      {"visibility", read_visibility},
                                                                      {"step", read_step},
                                                                      {"progress", read_progress},
                                                                      {"goal", read_goal},
                                                                      {"identify", read_identify},
                                                                      {"struggle_signal", read_app_struggle},
                                                                      {"consent", read_consent}};
  const auto reader = kReaders.find(event_type);
  return reader == kReaders.end() ? Fact{Custom{}} : reader->second(data);
}

std::string page_of_path(std::string_view path) {
  std::string out;
  std::size_t from = 0;
  while (true) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    const std::string_view part = path.substr(from, slash - from);
    out += looks_like_id(part) ? ":id" : std::string(part);
    if (slash == path.size()) break;
    out += '/';
    from = slash + 1;
  }
  return out;
}

}  // namespace handrail::gateway
