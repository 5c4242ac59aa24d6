// SPDX-License-Identifier: Apache-2.0
#include "simulate/visitor.h"

#include <algorithm>
#include <array>

#include "simulate/facts.h"

namespace handrail::simulate {
namespace {

struct Character {
  std::string_view name;
  int share;  // of the population, percent
  int accepts, dismisses, snoozes;
};
constexpr std::array<Character, kHiddenStates> kCharacters = {{
    {"finishing", 45, 10, 50, 10},
    {"hesitating", 20, 30, 30, 20},
    {"stuck", 12, 55, 15, 10},
    {"lost", 8, 60, 10, 10},
    {"broken", 8, 40, 25, 10},
    {"bot", 7, 0, 0, 0},
}};

// How likely the next attempt succeeds, percent.
constexpr int kSolvedAlone = 12;
constexpr int kSolvedWithHelp = 75;
constexpr int kAttemptsMax = 5;

constexpr std::array<std::string_view, 3> kEasyFields = {"amount", "income", "email"};
constexpr std::array<std::string_view, 5> kPages = {"/loans", "/loans/rates", "/help", "/accounts", "/savings"};

const Character& character_of(HiddenState state) { return kCharacters[static_cast<std::size_t>(state)]; }

HiddenState draw_state(Random& random) {
  std::int64_t drawn = random.below(100);
  for (std::size_t i = 0; i < kHiddenStates; ++i) {
    drawn -= kCharacters[i].share;
    if (drawn < 0) return static_cast<HiddenState>(i);
  }
  return HiddenState::kBot;
}

std::uint64_t seed_of(std::uint64_t seed, std::uint32_t index) { return Random(seed * 0x100000001b3 + index).next(); }

}  // namespace

std::string_view name_of(HiddenState state) { return character_of(state).name; }

std::string_view name_of(Response response) {
  static constexpr std::array<std::string_view, kResponses> kNames = {"accepted", "dismissed", "snoozed", "ignored"};
  return kNames[static_cast<std::size_t>(response)];
}

Visitor::Visitor(std::uint64_t seed, std::uint32_t index)
    : id_("sim-" + std::to_string(seed) + "-" + std::to_string(index)),
      random_(seed_of(seed, index)),
      responses_(seed_of(~seed, index)) {
  state_ = draw_state(random_);
}

std::string Visitor::tab_id(std::uint32_t tab) const { return id_ + "-" + std::to_string(tab); }

std::string_view Visitor::user_agent() const {
  return state_ == HiddenState::kBot ? "Mozilla/5.0 (compatible; examplebot/1.0)" : "Mozilla/5.0 (X11; Linux x86_64)";
}

Act Visitor::act(Millis at) {
  began_ = at;
  act_ = Act{};
  if (phase_ == 0) tab_began_ = at;
  switch (state_) {
    case HiddenState::kFinishing:
      finish();
      break;
    case HiddenState::kHesitating:
      hesitate();
      break;
    case HiddenState::kStuck:
      be_stuck();
      break;
    case HiddenState::kLost:
      be_lost();
      break;
    case HiddenState::kBroken:
      press_what_is_broken();
      break;
    case HiddenState::kBot:
      crawl();
      break;
  }
  ++phase_;
  std::stable_sort(act_.events.begin(), act_.events.end(),
                   [](const SimulatedEvent& a, const SimulatedEvent& b) { return a.at < b.at; });
  for (SimulatedEvent& event : act_.events) event.seq = ++seq_;
  act_.ends = act_.events.empty() ? at : act_.events.back().at;
  if (act_.leaves) {
    phase_ = attempts_ = 0;
    helped_ = false;
    seq_ = clicks_ = 0;
    ++tab_;
  }
  return std::move(act_);
}

OfferResponse Visitor::respond() {
  const Character& character = character_of(state_);
  OfferResponse out;
  out.after = responses_.between(1500, 6000);
  const std::int64_t drawn = responses_.below(100);
  out.forever = responses_.chance(20);
  if (drawn < character.accepts) {
    out.response = Response::kAccept;
  } else if (drawn < character.accepts + character.dismisses) {
    out.response = Response::kDismiss;
  } else if (drawn < character.accepts + character.dismisses + character.snoozes) {
    out.response = Response::kSnooze;
  }
  out.forever = out.forever && out.response == Response::kDismiss;
  return out;
}

// --- what happens
// ------------------------------------------------------------------------------------------------------

void Visitor::say(Millis after, std::string_view type, std::string data, bool is_urgent) {
  const Millis at = began_ + after;
  act_.events.push_back({at, at, at - tab_began_, tab_, 0, std::string(type), std::move(data), is_urgent});
}

// A click is told when its first outcome is known, and while the page does not react its later ones follow.
void Visitor::click(Millis after, std::string_view key, bool trusted, bool answered) {
  const std::uint64_t number = ++clicks_;
  say(after, "click", click_data({number, key, 400 + random_.between(-3, 3), 520, trusted, answered}), !answered);
  act_.events.back().at += 150;
  if (answered) return;
  for (const Millis mark : {600, 2500}) say(after + mark, "click_outcome", click_outcome_data(number, mark), true);
}

void Visitor::fill_in(Millis after, std::string_view name) {
  const Millis active = random_.between(900, 2400);
  say(after, "field", field_focus_data(name));
  say(after + active, "field", field_blur_data(name, active, static_cast<int>(random_.between(3, 12)), true));
}

void Visitor::reach_goal(Millis after) {
  say(after, "submit", submit_data("ok", random_.between(80, 600)));
  say(after + 20, "goal", goal_data());
  say(after + 60, "page", page_data("/loans/thanks", "push"));
  ++goals_;
  leave(after + 1500);
}

void Visitor::give_up(Millis after, std::string_view kind) {
  say(after, "exit_intent", exit_intent_data(kind), true);
  leave(after + 400);
}

void Visitor::leave(Millis after) {
  say(after, "visibility", visibility_data(false));
  act_.leaves = true;
}

// --- the hidden states
// ---------------------------------------------------------------------------------------------------

void Visitor::finish() {
  if (phase_ == 0) {
    say(0, "page", page_data("/loans/apply", "load"));
    return say(400, "step", step_data("details", 0));
  }
  const auto field = static_cast<std::size_t>(phase_ - 1);
  if (field < kEasyFields.size()) return fill_in(0, kEasyFields[field]);
  if (field == kEasyFields.size()) return fill_in(0, "term");
  reach_goal(random_.between(0, 500));
}

void Visitor::hesitate() {
  if (phase_ == 0) return say(0, "page", page_data("/loans/apply", "load"));
  if (phase_ > 6) return random_.chance(helped_ ? kSolvedWithHelp : kSolvedAlone) ? reach_goal(0) : give_up(0, "top");
  switch (random_.below(3)) {
    case 0: {
      const auto field = kEasyFields[static_cast<std::size_t>(random_.below(3))];
      const Millis active = random_.between(2000, 5000);
      say(0, "field", field_focus_data(field));
      return say(active, "field", field_blur_data(field, active, 0, false));
    }
    case 1:
      say(0, "visibility", visibility_data(false));
      return say(random_.between(2000, 6000), "visibility", visibility_data(true));
    default:
      say(0, "page", page_data(kPages[static_cast<std::size_t>(random_.below(5))], "push"));
      return say(random_.between(1500, 4000), "page", page_data("/loans/apply", "pop"));
  }
}

void Visitor::be_stuck() {
  if (phase_ == 0) {
    say(0, "page", page_data("/loans/apply", "load"));
    return say(400, "step", step_data("details", 0));
  }
  if (phase_ == 1) return fill_in(0, "amount");
  if (attempts_ > 0 && random_.chance(helped_ ? kSolvedWithHelp : kSolvedAlone)) {
    fill_in(0, "term");
    return reach_goal(3000);
  }
  if (attempts_ >= kAttemptsMax) return give_up(0, "tab_hide");
  try_the_field();
}

void Visitor::try_the_field() {
  ++attempts_;
  const Millis active = random_.between(800, 2500);
  say(0, "field", field_focus_data("term"));
  say(active, "field", field_blur_data("term", active, static_cast<int>(random_.between(1, 4)), false));
  say(active + 5, "validation", validation_data("term", "blur"), true);
  const Millis pressed = active + random_.between(900, 1600);
  say(pressed, "validation", validation_data("term", "submit"), true);
  say(pressed + 10, "submit", submit_data("invalid", 10), true);
}

void Visitor::be_lost() {
  if (phase_ == 0) return say(0, "page", page_data("/", "load"));
  if (attempts_ > 0 && random_.chance(helped_ ? kSolvedWithHelp : kSolvedAlone)) {
    say(0, "page", page_data("/loans/apply", "push"));
    return reach_goal(2500);
  }
  if (attempts_ >= kAttemptsMax) return give_up(0, "back");
  for (Millis i = 0; i < 3; ++i) {
    const auto page = static_cast<std::size_t>(random_.below(5));
    say(i * 1200, "page", page_data(kPages[page], i == 2 ? "pop" : "push"));
  }
  // The site's search counts how often the same visitor searches, and says so.
  if (++attempts_ >= 2) say(3400, "struggle_signal", app_struggle_data("search", attempts_), true);
}

void Visitor::press_what_is_broken() {
  if (phase_ == 0) return say(0, "page", page_data("/loans/offer", "load"));
  if (attempts_ > 0 && random_.chance(helped_ ? kSolvedWithHelp : kSolvedAlone / 2)) {
    click(0, "link:call-me-back", true, true);
    return reach_goal(1200);
  }
  if (attempts_ >= kAttemptsMax) return give_up(0, "close");
  ++attempts_;
  Millis at = 0;
  for (int i = 0; i < 4; ++i, at += random_.between(180, 380)) click(at, "button:download-offer", true, false);
}

void Visitor::crawl() {
  for (Millis i = 0; i < 4; ++i)
    say(i * 30, "page", page_data(kPages[static_cast<std::size_t>(random_.below(5))], "load"));
  for (Millis i = 0; i < 3; ++i) click(200 + i * 60, "button:download-offer", false, false);
  if (phase_ >= 4) leave(3000);
}

}  // namespace handrail::simulate
