// SPDX-License-Identifier: Apache-2.0
#include "engine/replay.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <map>

#include "adapters/segments/log_history.h"
#include "apps/commands.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "apps/replay_start.h"
#include "base/utc.h"
#include "gateway/rules_document.h"
#include "gateway/views.h"

// Folds the log again, in memory, under the server's policy and beside it under another, and says what differs.
namespace handrail {
namespace {

namespace json = boost::json;
using Steady = std::chrono::steady_clock;

const char* word_for(const std::optional<core::Decision>& decision) {
  return !decision ? "-" : decision->offered ? "offer" : "no offer";
}

// Why the two sides differ, gate by gate.
std::vector<std::string> reasons_of(const DecisionDifference& d) {
  if (!d.before || !d.after) {
    const core::Decision& made = d.before ? *d.before : *d.after;
    return {fmt::format("risk {}, struggle {}: {} after", made.risk, made.struggle,
                        d.before ? "qualified before, not" : "did not qualify before, does")};
  }
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < d.before->gates.size() && i < d.after->gates.size(); ++i) {
    const core::GateVerdict& before = d.before->gates[i];
    const core::GateVerdict& after = d.after->gates[i];
    if (before.passed == after.passed && before.detail == after.detail) continue;
    const char* turn = before.passed == after.passed ? ""
                       : after.passed                ? "rejects -> passes, "
                                                     : "passes -> rejects, ";
    reasons.push_back(fmt::format("{}: {}{} -> {}", core::name_of(after.gate), turn, before.detail, after.detail));
  }
  return reasons;
}

// Only the words of a verdict differ: the outcome is the same, and so is every gate.
bool is_in_words_only(const DecisionDifference& d) {
  if (!d.before || !d.after || d.before->offered != d.after->offered || d.before->risk != d.after->risk) return false;
  return std::equal(d.before->gates.begin(), d.before->gates.end(), d.after->gates.begin(), d.after->gates.end(),
                    [](const core::GateVerdict& a, const core::GateVerdict& b) { return a.passed == b.passed; });
}

struct Summary {
  std::uint64_t gained = 0, lost = 0, verdicts = 0, words = 0;
  std::map<std::string, std::uint64_t> by_gate;  // verdicts that turned
};

Summary sum_up(const std::vector<DecisionDifference>& differences) {
  Summary sum;
  for (const DecisionDifference& d : differences) {
    const bool before = d.before && d.before->offered;
    const bool after = d.after && d.after->offered;
    if (after && !before) ++sum.gained;
    if (before && !after) ++sum.lost;
    if (before == after) ++(is_in_words_only(d) ? sum.words : sum.verdicts);
    if (!d.before || !d.after) {
      ++sum.by_gate["qualified"];
      continue;
    }
    for (std::size_t i = 0; i < d.before->gates.size() && i < d.after->gates.size(); ++i) {
      if (d.before->gates[i].passed != d.after->gates[i].passed)
        ++sum.by_gate[std::string(core::name_of(d.after->gates[i].gate))];
    }
  }
  return sum;
}

class Replaying {
 public:
  Replaying(const ReplayFlags& flags, std::filesystem::path folder, core::Rules own, std::optional<core::Rules> other,
            std::optional<ReplayStart> start)
      : flags_(flags),
        folder_(std::move(folder)),
        has_other_(other.has_value()),
        start_(std::move(start)),
        replay_(std::move(own), std::move(other)) {
    if (start_) replay_.begin_with(start_->point.control, [this](const VisitorKey& key) { return known(key); });
  }

  Result<void> run() {
    auto from = parse_border("--from", flags_.from);
    if (!from) return pass_on(from);
    auto to = parse_border("--to", flags_.to);
    if (!to) return pass_on(to);
    auto history = segments::LogHistory::open(folder_ / "log");
    if (!history) return pass_on(history);
    begin_ = history->begin();
    if (start_) begin_ = std::max(begin_, start_->point.next);
    const bool from_begin = flags_.from.empty();
    Progress progress("replaying");
    const auto begun = Steady::now();
    while (true) {
      auto block = history->next();
      if (!block) return pass_on(block);
      if (!*block) break;
      for (LogEntry& entry : (*block)->entries) {
        const Offset offset = entry.offset;
        if (to->is_reached(offset, (*block)->log_time)) return finish(begun, offset);
        if (offset < begin_) {
          replay_.pass(entry, (*block)->log_time);
          continue;
        }
        replay_.take(std::move(entry), (*block)->log_time, from_begin || from->is_reached(offset, (*block)->log_time));
      }
      progress.at(history->share_read(), so_far(begun));
    }
    return finish(begun, history->position());
  }

  int print() const { return flags_.json ? print_json() : print_text(); }

 private:
  Result<void> finish(Steady::time_point begun, Offset end) {
    seconds_ = std::chrono::duration<double>(Steady::now() - begun).count();
    end_ = end;
    return {};
  }

  double rate() const { return static_cast<double>(replay_.counts().records) / std::max(seconds_, 1e-9); }

  std::string so_far(Steady::time_point begun) const {
    const double seconds = std::chrono::duration<double>(Steady::now() - begun).count();
    return fmt::format("{} records, {:.0f}/s, {} differences", replay_.counts().records,
                       static_cast<double>(replay_.counts().records) / seconds, replay_.differences().size());
  }

  void print_differences() const {
    if (replay_.differences().empty()) return;
    fmt::print("\n  {:<10} {:<20} {:<28} {:<9} {:<9} why\n", "offset", "time", "visitor", "before", "after");
    int left = flags_.limit;
    for (const DecisionDifference& d : replay_.differences()) {
      if (left-- == 0) {
        fmt::print("  ... {} more (--limit, or --json for all)\n",
                   replay_.differences().size() - static_cast<std::size_t>(flags_.limit));
        break;
      }
      const core::Decision& any = d.after ? *d.after : *d.before;
      std::string indent;
      for (const std::string& reason : reasons_of(d)) {
        if (indent.empty()) {
          fmt::print("  {:<10} {:<20} {:<28} {:<9} {:<9} {}\n", d.offset, utc(any.at), any.visitor, word_for(d.before),
                     word_for(d.after), reason);
        } else {
          fmt::print("{}{}\n", indent, reason);
        }
        indent = std::string(83, ' ');
      }
    }
  }

  int print_text() const {
    const ReplayCounts& c = replay_.counts();
    fmt::print("{}, offsets {} to {}: {} records of {} visitors in {:.2f} s, {:.0f} records/s\n",
               (folder_ / "log").string(), begin_, end_, c.records, replay_.visitors(), seconds_, rate());
    if (start_) {
      fmt::print("It begins with the state of the snapshot {}.\n", start_->name);
    } else if (begin_ > 0) {
      fmt::print("The log begins at offset {}: what visitors did before is known to neither side.\n", begin_);
    }
    if (c.undecodable + c.failed > 0)
      fmt::print("{} records could not be read and {} not be folded; they were left out.\n", c.undecodable, c.failed);
    if (has_other_) print_differences();
    fmt::print("\n  {:<14}{:>12}{:>12}   decision hash\n", "", "decisions", "offers");
    fmt::print("  {:<14}{:>12}{:>12}   {}\n", has_other_ ? "before" : "this policy", c.before.decisions,
               c.before.offers, replay_.hash_before().hex());
    if (!has_other_) return kOk;
    fmt::print("  {:<14}{:>12}{:>12}   {}\n", "after", c.after.decisions, c.after.offers, replay_.hash_after().hex());
    const Summary sum = sum_up(replay_.differences());
    fmt::print("\n  {} differences: {} offers more, {} fewer, {} where only gates differ, {} in words only\n",
               replay_.differences().size(), sum.gained, sum.lost, sum.verdicts, sum.words);
    for (const auto& [gate, count] : sum.by_gate) fmt::print("  {:<14}{:>12} turned\n", gate, count);
    return kOk;
  }

  static json::value view_or_null(const std::optional<core::Decision>& decision) {
    return decision ? json::value(gateway::view(*decision)) : json::value(nullptr);
  }

  int print_json() const {
    const ReplayCounts& c = replay_.counts();
    const Summary sum = sum_up(replay_.differences());
    json::array differences;
    for (const DecisionDifference& d : replay_.differences()) {
      const core::Decision& any = d.after ? *d.after : *d.before;
      json::array why;
      for (const std::string& reason : reasons_of(d)) why.push_back(json::string(reason));
      differences.push_back(json::object{{"offset", d.offset},
                                         {"at", any.at},
                                         {"visitor", any.visitor},
                                         {"before", view_or_null(d.before)},
                                         {"after", view_or_null(d.after)},
                                         {"why", std::move(why)}});
    }
    json::object by_gate;
    for (const auto& [gate, count] : sum.by_gate) by_gate[gate] = count;
    const auto side = [](const ReplayCounts::Side& s, const Id128& hash) {
      return json::object{{"decisions", s.decisions}, {"offers", s.offers}, {"hash", hash.hex()}};
    };
    json::object out{{"begin", begin_},
                     {"snapshot", start_ ? json::value(json::string(start_->name)) : json::value(nullptr)},
                     {"end", end_},
                     {"records", c.records},
                     {"compared", c.compared},
                     {"duplicates", c.duplicates},
                     {"undecodable", c.undecodable},
                     {"failed", c.failed},
                     {"visitors", replay_.visitors()},
                     {"seconds", seconds_},
                     {"recordsPerSecond", rate()},
                     {"before", side(c.before, replay_.hash_before())}};
    if (has_other_) {
      out["after"] = side(c.after, replay_.hash_after());
      out["summary"] = json::object{{"differences", replay_.differences().size()},
                                    {"offersMore", sum.gained},
                                    {"offersFewer", sum.lost},
                                    {"gatesOnly", sum.verdicts},
                                    {"wordsOnly", sum.words},
                                    {"turned", std::move(by_gate)}};
      out["differences"] = std::move(differences);
    }
    fmt::print("{}\n", json::serialize(out));
    return kOk;
  }

  // A visitor that cannot be read begins empty: what is wrong with the snapshot shows in its own checks.
  std::optional<core::Visitor> known(const VisitorKey& key) const {
    auto visitor = start_->state->visitor(key);
    return visitor ? std::move(*visitor) : std::nullopt;
  }

  const ReplayFlags& flags_;
  std::filesystem::path folder_;
  bool has_other_;
  std::optional<ReplayStart> start_;
  Replay replay_;
  Offset begin_ = 0, end_ = 0;
  double seconds_ = 0;
};

}  // namespace

int run_replay(const LoadedConfig& loaded, const ReplayFlags& flags) {
  std::optional<core::Rules> other;
  if (!flags.policy.empty()) {
    const LoadedConfig draft = load_config({flags.policy, nullptr, {}});
    for (const std::string& fault : draft.faults) fmt::print(stderr, "handrail: {}\n", fault);
    if (!draft.faults.empty()) return kConfigInvalid;
    other.emplace().policy = gateway::policy_of(draft.config.policy);
  }
  const auto failed = [](const Error& error) {
    fmt::print(stderr, "handrail: {}\n", error.message);
    return error.code == ErrorCode::kInvalidArgument ? static_cast<int>(kUsage) : exit_code_of(error);
  };
  auto start = choose_start(flags.from, loaded.config);
  if (!start) return failed(start.error());
  core::Rules own;
  own.policy = gateway::policy_of(loaded.config.policy);  // for a log that began before it told of configurations
  Replaying replaying(flags, loaded.config.data, std::move(own), std::move(other), std::move(*start));
  if (auto done = replaying.run(); !done) return failed(done.error());
  return replaying.print();
}

}  // namespace handrail
