// SPDX-License-Identifier: Apache-2.0
#include "moving/tally.h"

#include <algorithm>

#include "adapters/common/table_rows.h"
#include "core/control/models_book.h"
#include "moving/stored_box.h"

namespace handrail::moving {
namespace {

constexpr std::array<std::string_view, kSections> kNames = {
    "sites",       "credentials",   "rules",    "agents",    "acts",          "erased",
    "deadLetters", "visitors",      "signals",  "decisions", "interventions", "journeys",
    "exposures",   "conversations", "messages", "records",   "untold"};

Section section_of(const core::Record& entry) {
  if (std::holds_alternative<core::Site>(entry.body)) return Section::kSites;
  if (std::holds_alternative<core::Credential>(entry.body)) return Section::kCredentials;
  if (std::holds_alternative<core::RulesVersion>(entry.body) || core::is_about_models(entry)) return Section::kRules;
  if (std::holds_alternative<core::Act>(entry.body)) return Section::kActs;
  return Section::kAgents;
}

void note(Tally::Of& of, std::string_view bytes) {
  ++of.count;
  of.hash = id_of({of.hash.bytes(), bytes});
}

void note_all(Tally::Of& of, const std::string& visitor, const std::vector<std::string>& items) {
  for (const std::string& item : items) note(of, visitor + item);
}

}  // namespace

std::string_view name_of(Section section) { return kNames[static_cast<std::size_t>(section)]; }

void Tally::add(const HouseBox& box) {
  const StoredHouse house = packed(box);
  for (std::size_t i = 0; i < box.control.size(); ++i) note(at(section_of(box.control[i].record)), house.control[i]);
  note_all(at(Section::kErased), {}, house.erased);
  note_all(at(Section::kDeadLetters), {}, house.letters);
}

void Tally::add(const VisitorBox& box) {
  const StoredVisitor v = packed(box);
  const std::string key = v.key.bytes();
  note(at(Section::kVisitors), key + v.visitor);
  note_all(at(Section::kSignals), key, v.signals);
  note_all(at(Section::kDecisions), key, v.decisions);
  note_all(at(Section::kInterventions), key, v.interventions);
  note_all(at(Section::kJourneys), key, v.journeys);
  note_all(at(Section::kExposures), key, v.exposures);
  note_all(at(Section::kConversations), key, v.conversations);
  note_all(at(Section::kMessages), key, v.messages);
  note_all(at(Section::kRecords), key, v.records);
  note_all(at(Section::kUntold), key, v.untold);
  numbers_before_max = std::max(numbers_before_max, numbers_before_records(box));
}

std::vector<std::string> differences(const Tally& expected, const Tally& found) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kSections; ++i) {
    const Tally::Of& want = expected.of[i];
    const Tally::Of& have = found.of[i];
    if (want == have) continue;
    const std::string name(name_of(static_cast<Section>(i)));
    out.push_back(want.count != have.count
                      ? name + ": " + std::to_string(have.count) + " of " + std::to_string(want.count) + " are there"
                      : name + ": as many as there should be, but not the same (hash " + have.hash.hex() +
                            ", expected " + want.hash.hex() + ")");
  }
  return out;
}

}  // namespace handrail::moving
