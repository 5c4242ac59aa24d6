// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/topic_fold.h"

#include <doctest/doctest.h>
#include <fmt/core.h>

#include <cstdlib>
#include <map>
#include <set>

#include "base/text.h"
#include "core/control/control.h"
#include "moving/shared_source.h"
#include "tests/simulation/box_differences.h"
#include "tests/support/dynamo.h"

// What workers left in tables against what the embedded engine makes of the same topic: of every visitor the state,
// signals, decisions, interventions, journeys, exposures, chat and records, as bytes. Only where the environment names
// a deployment at rest (tests/peers/chaos.test.mjs does):
//   HANDRAIL_TEST_DYNAMODB, HANDRAIL_TEST_KAFKA   endpoint and brokers
//   HANDRAIL_TEST_TOPIC, HANDRAIL_TEST_TABLES     the events topic, and the prefix of the tables
//   HANDRAIL_TEST_VISITORS                        of these the history is told in any case, with commas
// Not compared, since it is the deployment's own:
//   - offsets: places in a log here, a visitor's count there; both become the visitor's own numbers, so that order is
//   - a row's version, its TTL, and which message it holds: looked at by themselves
//   - what nobody folded because the workers had been stopped: it may only be of what engines themselves append
//   - entries of the control log: taken as they are, before all records; one that was superseded would tell on us
using namespace handrail;
using namespace handrail::test;

namespace {

using Delivery = kafka::KafkaConsumer::Delivery;

constexpr std::size_t kHistoriesShown = 5;
constexpr std::size_t kDifferencesShown = 20;
constexpr std::size_t kLoadedAtOnce = 1000;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_made_by_engines(const StreamBlock& block) {
  return block.records && std::ranges::all_of(*block.records, [](const std::string& bytes) {
           const auto record = core::decode_record(bytes);
           return record && (std::holds_alternative<core::TimerFired>(record->body) ||
                             std::holds_alternative<core::PersonDecision>(record->body) ||
                             std::holds_alternative<core::PersonConsent>(record->body) ||
                             std::holds_alternative<core::Link>(record->body));
         });
}

class Deployment {
 public:
  Deployment()
      : dynamo_(from_environment("HANDRAIL_TEST_DYNAMODB"), from_environment("HANDRAIL_TEST_TABLES")),
        source_({dynamo_.database(), dynamo_.tables(), dynamo_.state(), dynamo_.history(), dynamo_.control()}, 16) {
    for (Delivery& delivery :
         whole_topic(from_environment("HANDRAIL_TEST_KAFKA"), from_environment("HANDRAIL_TEST_TOPIC")))
      messages_[delivery.block.visitor].push_back(std::move(delivery));
    auto listed = source_.visitors();
    REQUIRE(listed);
    for (const moving::ListedVisitor& visitor : *listed) listed_.emplace(visitor.key, visitor);
    auto control = dynamo_.control().read(0);
    REQUIRE(control);
    control_ = std::move(*control);
    load_states();
  }

  // None of it was superseded: what holds today held all the time, or had a successor that is there as well.
  bool has_whole_control_log() const {
    core::ControlState state;
    std::size_t acts = 0;
    for (const core::LoggedRecord& entry : control_) {
      acts += std::holds_alternative<core::Act>(entry.record.body) ? 1 : 0;
      state.take(entry);
    }
    return state.entries().size() + acts == control_.size();
  }
  bool has_letters() {
    auto house = source_.house();
    REQUIRE(house);
    return !house->letters.empty();
  }

  // With one message of one visitor left out, if there is such.
  std::unique_ptr<EmbeddedFold> embedded(const Delivery* without = nullptr) const {
    auto fold = std::make_unique<EmbeddedFold>(control_);
    for (const auto& [visitor, messages] : messages_) {
      for (const Delivery& message : messages) {
        if (&message != without && is_folded(visitor, message)) fold->add(message.block);
      }
    }
    fold->fold();
    return fold;
  }

  moving::VisitorBox box_of(const VisitorKey& visitor) {
    auto boxes = source_.boxes(std::span(&listed_.at(visitor), 1));
    REQUIRE_MESSAGE(boxes, boxes.error().message);
    return std::move(boxes->front());
  }

  // What is wrong with the row itself.
  std::vector<std::string> faults_of(const VisitorKey& visitor) const {
    std::vector<std::string> out;
    const auto state = states_.find(visitor);
    const auto messages = messages_.find(visitor);
    if (messages == messages_.end()) return {"the tables know it, the topic does not"};
    const bool is_listed = listed_.contains(visitor);
    if (!is_listed) out.push_back("the topic knows it, the tables do not");
    if (is_listed && !state->second.untold.is_empty()) out.push_back("what it caused was not told");
    bool is_found = !is_listed;
    for (const Delivery& message : messages->second) {
      is_found = is_found || message.block.sequence == state->second.applied;
      if (!is_folded(visitor, message) && !is_made_by_engines(message.block))
        out.push_back(fmt::format("partition {}, offset {} was not folded", message.partition, message.offset));
    }
    if (!is_found) out.push_back("its newest message, " + state->second.applied + ", is not in the topic");
    return out;
  }

  void print_history(const VisitorKey& visitor) {
    fmt::print("the history of {}:\n", name_of(visitor));
    if (const auto state = states_.find(visitor); state != states_.end())
      fmt::print("  in tables at version {}, with its messages up to {}, {} records\n", state->second.version,
                 state->second.applied.empty() ? "none" : state->second.applied, state->second.visitor.next_offset);
    for (const Delivery& message : messages_[visitor]) {
      fmt::print("  partition {} offset {} at {}\n", message.partition, message.offset,
                 in_words(message.block.arrived_at));
      if (!message.block.records) continue;
      for (const std::string& bytes : *message.block.records) {
        const auto record = core::decode_record(bytes);
        fmt::print("    {}\n", record ? in_words(*record) : "cannot be read");
      }
    }
    if (!listed_.contains(visitor)) return;
    for (const core::LoggedRecord& logged : box_of(visitor).records)
      fmt::print("  listed in tables as {}: {}\n", logged.offset, in_words(logged.record));
  }

  std::set<VisitorKey> visitors() const {
    std::set<VisitorKey> out;
    for (const auto& [visitor, messages] : messages_) out.insert(visitor);
    for (const auto& [visitor, listed] : listed_) out.insert(visitor);
    return out;
  }
  std::string name_of(const VisitorKey& visitor) const {
    const auto state = states_.find(visitor);
    return (state == states_.end() ? "?" : state->second.visitor.id) + " (" + visitor.hex() + ")";
  }
  const std::map<VisitorKey, std::vector<Delivery>>& messages() const { return messages_; }
  std::size_t control_entries() const { return control_.size(); }

 private:
  void load_states() {
    const auto all = visitors();
    const std::vector<VisitorKey> keys(all.begin(), all.end());
    for (std::size_t begin = 0; begin < keys.size(); begin += kLoadedAtOnce) {
      const auto some = std::span(keys).subspan(begin, std::min(kLoadedAtOnce, keys.size() - begin));
      auto states = dynamo_.state().load(some);
      REQUIRE(states);
      for (std::size_t i = 0; i < some.size(); ++i) states_.emplace(some[i], std::move((*states)[i]));
    }
  }
  bool is_folded(const VisitorKey& visitor, const Delivery& message) const {
    const std::string& applied = states_.at(visitor).applied;
    return !applied.empty() && !is_before(applied, message.block.sequence);
  }

  Dynamo dynamo_;
  moving::SharedSource source_;
  std::map<VisitorKey, std::vector<Delivery>> messages_;
  std::map<VisitorKey, moving::ListedVisitor> listed_;
  std::map<VisitorKey, SharedVisitor> states_;
  std::vector<core::LoggedRecord> control_;
};

// What was compared, in numbers.
struct Seen {
  std::size_t messages = 0, records = 0, repeats = 0, timers = 0, decisions = 0, interventions = 0;

  void add(const std::vector<Delivery>& own, const moving::VisitorBox& box) {
    messages += own.size();
    records += box.records.size();
    decisions += box.decisions.size();
    interventions += box.interventions.size();
    std::set<std::string> ids;
    for (const core::LoggedRecord& logged : box.records) {
      const auto* event = std::get_if<core::Event>(&logged.record.body);
      repeats += event != nullptr && !ids.insert(event->id).second ? 1 : 0;
      timers += std::holds_alternative<core::TimerFired>(logged.record.body) ? 1 : 0;
    }
  }
};

std::vector<std::string> compared(Deployment& deployment, EmbeddedFold& embedded, const VisitorKey& visitor,
                                  Seen& seen) {
  std::vector<std::string> faults = deployment.faults_of(visitor);
  if (!faults.empty()) return faults;
  const moving::VisitorBox expected = embedded.box_of(visitor);
  seen.add(deployment.messages().at(visitor), expected);
  return differences(expected, deployment.box_of(visitor));
}

// The busiest visitor's first event, without which nothing of it would be the same.
const Delivery& telling_message(const Deployment& deployment) {
  const auto busiest =
      std::ranges::max_element(deployment.messages(), {}, [](const auto& visitor) { return visitor.second.size(); });
  return busiest->second.front();
}

}  // namespace

TEST_CASE("what workers left in tables is what the embedded engine makes of the topic") {
  if (from_environment("HANDRAIL_TEST_TOPIC").empty()) return;
  Deployment deployment;
  REQUIRE_FALSE(deployment.messages().empty());
  REQUIRE(deployment.has_whole_control_log());
  CHECK_FALSE(deployment.has_letters());
  const auto embedded = deployment.embedded();
  CHECK(embedded->dead_letters() == 0);
  Seen seen;
  std::size_t different = 0;
  const auto named = items_in(from_environment("HANDRAIL_TEST_VISITORS"), ',');
  for (const VisitorKey& visitor : deployment.visitors()) {
    const auto faults = compared(deployment, *embedded, visitor, seen);
    if (!faults.empty()) ++different;
    const std::string name = deployment.name_of(visitor);
    for (std::size_t i = 0; i < std::min(kDifferencesShown, faults.size()); ++i)
      fmt::print("{}: {}\n", name, faults[i]);
    const bool is_named = std::ranges::find(named, name.substr(0, name.find(' '))) != named.end();
    if (is_named || (!faults.empty() && different <= kHistoriesShown)) deployment.print_history(visitor);
  }
  fmt::print(
      "{} visitors, {} messages, {} records ({} of them again, {} timers), {} control entries, {} decisions, {} "
      "interventions\n",
      deployment.visitors().size(), seen.messages, seen.records, seen.repeats, seen.timers,
      deployment.control_entries(), seen.decisions, seen.interventions);
  CHECK(different == 0);
  CHECK(seen.interventions > 0);

  // It would have told: with one message left out that visitor is another, and nobody else is.
  const Delivery& without = telling_message(deployment);
  const auto lacking = deployment.embedded(&without);
  for (const VisitorKey& visitor : deployment.visitors())
    CHECK(differences(embedded->box_of(visitor), lacking->box_of(visitor)).empty() ==
          (visitor != without.block.visitor));
}
