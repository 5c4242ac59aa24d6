// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/whole_world.h"

#include <algorithm>

namespace handrail::test {
namespace {

constexpr Millis kTroubled = 50 * kSecond;
constexpr Millis kCalm = 40 * kSecond;

WorkerOptions options_for_short_days() {
  WorkerOptions options;
  options.append_patience = std::chrono::milliseconds(0);  // nobody else could make it pass
  options.visitors_in_memory = {.open = 6, .packed = 6};
  options.rules.policy.offer_lives = 20 * kSecond;
  options.rules.policy.cooldown = 12 * kSecond;
  options.rules.policy.snooze = 15 * kSecond;
  options.rules.policy.decline = 20 * kSecond;
  options.rules.policy.offers_per_session = 6;
  options.rules.policy.offers_per_day = 8;
  return options;
}

simulate::PopulationOptions population_of(std::uint64_t seed) {
  simulate::PopulationOptions o;
  o.visitors = 10;
  o.events_per_second = 5;
  o.duration = 45 * kSecond;
  o.seed = seed;
  return o;
}

}  // namespace

WholeWorld::WholeWorld(std::uint64_t seed, Bug bug)
    : schedule_(seed),
      trouble_(draw_trouble(schedule_.random)),
      bug_(bug),
      options_(options_for_short_days()),
      log_(schedule_, trouble_, bug),
      network_(schedule_, trouble_),
      population_(population_of(seed)),
      batches_(population_, 10),
      epoch_(schedule_.now()) {}

std::vector<std::string> WholeWorld::run() {
  make_pages();
  begin_life();
  pull_next_batch();
  schedule_.run_until(epoch_ + kTroubled);
  calm_down();
  schedule_.run_until(epoch_ + kTroubled + kCalm);
  check();
  return faults_;
}

void WholeWorld::make_pages() {
  const Page::World world{schedule_, network_, population_, epoch_, faults_};
  for (std::uint32_t i = 0; i < population_.size(); ++i) {
    const auto drawn = schedule_.random.below(10);
    const auto listening = drawn < 6   ? Page::Listening::kStream
                           : drawn < 8 ? Page::Listening::kPoll
                                       : Page::Listening::kDeaf;
    const std::string person = i % 2 == 0 ? "person-" + std::to_string(i / 4) : "";
    pages_.push_back(std::make_unique<Page>(world, i, listening, person));
    pages_.back()->open();
  }
}

void WholeWorld::pull_next_batch() {
  auto batch = batches_.next();
  if (!batch) return;
  const UnixMillis when = epoch_ + batch->send_at;
  schedule_.at(when, [this, batch = std::move(*batch)] {
    pages_[batch.visitor]->push(batch);
    pull_next_batch();
  });
}

void WholeWorld::begin_life() {
  process_ = std::make_unique<Process>(Process::World{schedule_, trouble_, bug_, log_, faults_}, tables_, options_);
  if (!process_->start()) {
    process_.reset();
    return schedule_.within(10, 500, [this] { begin_life(); });
  }
  ++counts_.lives;
  network_.lead_to(process_.get());
  if (is_calm_) return;
  schedule_.within(kSecond, trouble_.life_most, [this, life = counts_.lives] {
    if (!is_calm_ && counts_.lives == life) end_life();
  });
}

void WholeWorld::end_life() {
  simulate::Random& random = schedule_.random;
  if (random.chance(trouble_.goodbye)) process_->say_goodbye();
  process_.reset();
  network_.break_all();
  log_.crash();
  if (random.chance(trouble_.power_loss)) tables_ = std::make_shared<MemoryTables>(tables_->synced_content());
  schedule_.within(20, 2500, [this] { begin_life(); });
}

void WholeWorld::calm_down() {
  is_calm_ = true;
  const auto partitions = trouble_.partitions;
  trouble_ = Trouble{};
  trouble_.partitions = partitions;
  log_.calm_down();
}

void WholeWorld::check() {
  for (int tries = 0; tries < 100 && process_ && !process_->catch_up(); ++tries)
    schedule_.run_until(schedule_.now() + 20);
  if (!process_ || !process_->catch_up()) return faults_.emplace_back("the server does not settle"), void();
  check_outcome({log_, *tables_, process_->store(), pages_, options_, schedule_.now()}, faults_);
  if (process_->waiting_requests() > pages_.size()) faults_.emplace_back("requests stay unanswered");
  counts_.records = log_.end();
  for (const auto& [key, value] : tables_->content()) counts_.offers += key.first == Table::kInterventions ? 1 : 0;
  for (const auto& page : pages_) counts_.displayed += page->displayed().size();
}

Id128 WholeWorld::fingerprint() const {
  std::string all;
  for (const auto& [key, value] : tables_->content()) all += key.second + value;
  for (const auto& page : pages_) {
    for (const Page::Span& span : page->connected()) all += std::to_string(span.from) + "," + std::to_string(span.to);
    for (const std::string& id : page->displayed()) all += id;
  }
  return id_of({all});
}

}  // namespace handrail::test
