// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/slow_log.h"

#include <utility>

namespace handrail::test {

void SlowLog::append(std::vector<core::Record> records, Appended done) {
  if (schedule_.now() < refused_until_) return refuse(std::move(done));
  if (schedule_.random.chance(trouble_.refusing))
    refused_until_ = schedule_.now() + schedule_.random.between(100, 3000);
  if (is_acknowledged_early(records)) std::exchange(done, [](const Result<Receipt>&) {})(Receipt{end()});
  waiting_.push_back({std::move(records), std::move(done)});
  if (is_committing_) return;
  is_committing_ = true;
  schedule_.within(1, trouble_.commit_most, [this, life = std::weak_ptr(life_)] {
    if (life.lock()) commit();
  });
}

bool SlowLog::is_acknowledged_early(const std::vector<core::Record>& records) const {
  const auto& body = records.front().body;
  const bool is_caused = std::holds_alternative<core::Link>(body) || std::holds_alternative<core::PersonDecision>(body);
  return bug_ == (is_caused ? Bug::kCausedRecordsForgotten : Bug::kAcknowledgedBeforeDurable);
}

void SlowLog::refuse(Appended done) {
  schedule_.within(0, 2, [life = std::weak_ptr(life_), done = std::move(done)] {
    if (life.lock()) done(fail(ErrorCode::kUnavailable, "the log refuses for a while"));
  });
}

void SlowLog::commit() {
  is_committing_ = false;
  std::deque<Waiting> now = std::exchange(waiting_, {});
  const bool fails = schedule_.random.chance(trouble_.append_fails);
  for (Waiting& waiting : now) {
    if (fails && waiting.done) {
      waiting.done(fail(ErrorCode::kInternal, "/data/log/0.seg: fdatasync: Input/output error"));
    } else {
      write(std::move(waiting));
    }
  }
}

void SlowLog::write(Waiting waiting) {
  if (bug_ == Bug::kReordered) std::swap(waiting.records.front(), waiting.records.back());
  durable_.append(std::move(waiting.records), std::move(waiting.done));
}

void SlowLog::crash() {
  life_ = std::make_shared<int>();
  is_committing_ = false;
  auto kept = static_cast<std::size_t>(schedule_.random.below(static_cast<std::int64_t>(waiting_.size()) + 1));
  for (Waiting& waiting : waiting_) {
    if (kept-- == 0) break;
    write({std::move(waiting.records), [](const Result<Receipt>&) {}});
  }
  waiting_.clear();
}

}  // namespace handrail::test
