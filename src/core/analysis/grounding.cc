// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/grounding.h"

#include <algorithm>

namespace handrail::core {
namespace {

class Grounder {
 public:
  Grounder(const AnalystReply& reply, const Analysis& builtin, const Digest& digest, const AnalystRules& rules)
      : reply_(reply), digest_(digest), rules_(rules), out_{builtin, {}} {}

  Grounded run() {
    take_score();
    take_engagement();
    take_insights();
    take_actions();
    take_words();
    return std::move(out_);
  }

 private:
  void take_score() {
    const std::int64_t clamped = std::clamp<std::int64_t>(reply_.exit_risk_score, 0, 100);
    out_.grounding.score_clamped = clamped != reply_.exit_risk_score;
    out_.analysis.exit_risk_score = static_cast<int>(clamped);
  }

  void take_engagement() {
    const auto level = engagement_named(reply_.engagement);
    out_.grounding.engagement_unknown = !level;
    if (level) out_.analysis.engagement = *level;
  }

  void take_insights() {
    std::vector<Insight> kept;
    for (const AnalystReply::Cited& cited : reply_.insights) {
      ++out_.grounding.claims;
      if (const auto insight = checked(cited)) {
        const bool is_new = std::ranges::find(kept, *insight) == kept.end();
        if (is_new && kept.size() < Analysis::kInsightsMax) kept.push_back(*insight);
      }
    }
    if (!kept.empty()) out_.analysis.insights = std::move(kept);
  }

  std::optional<Insight> checked(const AnalystReply::Cited& cited) {
    const auto code = insight_named(cited.code);
    const auto fact = fact_named(cited.evidence);
    if (!code || !fact || row_of(*code).fact != *fact) {
      ++out_.grounding.unknown_claims;
      return std::nullopt;
    }
    const auto value = digest_.value_of(*fact);
    if (value && holds(row_of(*code), *value)) return Insight{*code, *value};
    ++out_.grounding.false_claims;
    return std::nullopt;
  }

  void take_actions() {
    std::vector<std::string> kept;
    for (const std::string& id : reply_.actions) {
      if (find_action(rules_, id) == nullptr) {
        ++out_.grounding.unknown_actions;
      } else if (kept.size() < Analysis::kActionsMax && std::ranges::find(kept, id) == kept.end()) {
        kept.push_back(id);
      }
    }
    if (!kept.empty()) out_.analysis.actions = std::move(kept);
  }

  void take_words() {
    if (reply_.message.empty()) {
      out_.grounding.words = WordsFault::kEmpty;
    } else if (const MessageTemplate* one = named_template()) {
      put_words(one->text, one->language, false);
    } else if (!rules_.own_words) {
      out_.grounding.words = WordsFault::kUnknown;
    } else {
      out_.grounding.words = fault_of(reply_.message, digest_, rules_);
      if (out_.grounding.words == WordsFault::kNone) put_words(reply_.message, rules_.language, true);
    }
  }

  // By its id, or by its very words.
  const MessageTemplate* named_template() const {
    if (const MessageTemplate* by_id = find_message(rules_, reply_.message)) return by_id;
    const auto& all = messages_of(rules_);
    const auto by_text = std::ranges::find(all, reply_.message, &MessageTemplate::text);
    return by_text == all.end() ? nullptr : &*by_text;
  }

  void put_words(const std::string& message, const std::string& language, bool is_own) {
    out_.analysis.message = message;
    out_.analysis.language = language;
    out_.analysis.own_words = is_own;
  }

  const AnalystReply& reply_;
  const Digest& digest_;
  const AnalystRules& rules_;
  Grounded out_;
};

}  // namespace

Grounded grounded(const AnalystReply& reply, const Analysis& builtin, const Digest& digest, const AnalystRules& rules) {
  return Grounder{reply, builtin, digest, rules}.run();
}

}  // namespace handrail::core
