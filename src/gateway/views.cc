// SPDX-License-Identifier: Apache-2.0
#include "gateway/views.h"

#include <array>
#include <boost/json.hpp>

#include "core/signals/catalogue.h"
#include "gateway/analysis_views.h"
#include "gateway/offer_words.h"

namespace handrail::gateway {
namespace {

using namespace core;

template <class T>
json::value or_null(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}
json::value or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value id_or_null(const Id128& id) { return id.is_zero() ? json::value(nullptr) : json::value(id.hex()); }
json::string text(std::string_view words) { return json::string(words.data(), words.size()); }

template <class T>
json::array views(const std::vector<T>& items) {
  json::array out;
  for (const T& item : items) out.push_back(view(item));
  return out;
}

json::value parsed(const std::string& stored) {
  boost::system::error_code ec;
  json::value value = json::parse(stored, ec);
  return ec ? json::value(json::object{}) : value;
}

// What a fact is about, in the words of its own type.
struct Target {
  std::string operator()(const PageView& f) const { return f.page; }
  std::string operator()(const Click& f) const {
    return spoken(f.key) + (f.outcome && f.outcome->reaction == Reaction::kNone ? " · no reaction" : "");
  }
  std::string operator()(const ClickOutcome& f) const {
    return (f.reaction == Reaction::kNone ? "still no reaction after " : "reacted within ") + std::to_string(f.after) +
           " ms";
  }
  std::string operator()(const Field& f) const {
    static constexpr std::array<const char*, 3> kPhases = {"entered", "left", "changed"};
    return spoken(f.key) + " " + kPhases[static_cast<std::size_t>(f.phase)];
  }
  std::string operator()(const Validation& f) const { return spoken(f.key) + " invalid"; }
  std::string operator()(const Submit& f) const {
    static constexpr std::array<const char*, 4> kResults = {"succeeded", "refused as invalid", "failed",
                                                            "result unknown"};
    return kResults[static_cast<std::size_t>(f.result)];
  }
  std::string operator()(const ExitIntent&) const { return "about to leave"; }
  std::string operator()(const Visibility& f) const { return f.visible ? "page visible" : "page hidden"; }
  std::string operator()(const Step& f) const { return spoken(f.step); }
  std::string operator()(const DeclaredProgress& f) const { return spoken(f.name); }
  std::string operator()(const Goal& f) const { return spoken(f.name); }
  std::string operator()(const Identify& f) const { return f.user_id; }
  std::string operator()(const AppStruggle& f) const {
    return std::to_string(f.attempts) + " attempts at " + spoken(f.feature);
  }
  std::string operator()(const Custom&) const { return {}; }
  std::string operator()(const ConsentChoice&) const { return {}; }
};

struct RecordWords {
  std::string operator()(const Event& e) const {
    std::string type = e.type;
    for (char& c : type) c = c == '_' ? ' ' : c;
    const std::string target = std::visit(Target{}, e.fact);
    return target.empty() ? type : type + " · " + target;
  }
  std::string operator()(const Answer& a) const { return "offer " + std::string(name_of(a.kind)); }
  std::string operator()(const Chat& c) const {
    if (c.event == ChatEvent::kOpened) return "chat opened";
    if (c.event == ChatEvent::kClosed) return "chat closed";
    return c.from == ChatAuthor::kVisitor ? "visitor wrote" : c.name + " wrote";
  }
  std::string operator()(const TimerFired&) const { return "a deadline passed"; }
  std::string operator()(const PersonDecision& d) const {
    return "offer " + std::string(name_of(d.kind)) + " on another device";
  }
  std::string operator()(const PersonConsent&) const { return "consent, said on another device"; }
  std::string operator()(const Erasure&) const { return "to be forgotten"; }
  std::string operator()(const Prediction& p) const {
    return "an endpoint's word of leaving: " + std::to_string(p.probability * 100 / kProbabilityOne) + " %";
  }
  std::string operator()(const Analysis& a) const { return "the journey, read by " + a.source.provider; }
  std::string operator()(const Link& l) const { return "identified: " + l.visitor; }
  std::string operator()(const AgentAvailability& a) const {
    return a.agent + (a.available ? " came to the desk" : " stepped away");
  }
  std::string operator()(const Site& s) const { return "site declared: " + s.id; }
  std::string operator()(const Credential& c) const { return "credential: " + c.id; }
  std::string operator()(const Act& a) const { return a.what + ": " + a.subject; }
  std::string operator()(const RulesVersion& v) const {
    return v.version == 0 ? "rules drafted" : "rules published: version " + std::to_string(v.version);
  }
  std::string operator()(const ModelPart& p) const { return "a part of model " + std::to_string(p.version); }
  std::string operator()(const ModelVersion& v) const {
    return "model registered: version " + std::to_string(v.version);
  }
  std::string operator()(const ModelMove& m) const {
    return "model " + std::to_string(m.version) + ": " + std::string(name_of(m.stage));
  }
};

std::string_view tag_of(const FoldNews& news) {
  if (news.effects.duplicate) return "duplicate";
  if (!news.effects.signals.empty()) return "signal";
  if (!news.effects.interventions.empty() || std::holds_alternative<Answer>(news.logged.record.body)) return "offer";
  if (news.effects.progress) return "progress";
  if (std::holds_alternative<Chat>(news.logged.record.body)) return "chat";
  return "fact";
}

json::array flags_of(const Event& e) {
  json::array flags;
  if ((e.flags & kFlagLate) != 0) flags.push_back("late");
  if ((e.flags & kFlagClamped) != 0) flags.push_back("clamped");
  if ((e.flags & kFlagBot) != 0) flags.push_back("bot");
  if ((e.flags & kFlagGpc) != 0) flags.push_back("gpc");
  return flags;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j) out.push_back(i + j > bytes.size() ? '=' : kDigits[group >> (18 - 6 * j) & 63]);
  }
  return out;
}

// "Visitor 7Q2": short, stable, and says nothing of the person.
std::string label_of(const std::string& visitor) {
  static constexpr char kDigits[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::uint64_t hash = hash64(visitor);
  std::string label = "Visitor ";
  for (int i = 0; i < 3; ++i, hash >>= 5) label.push_back(kDigits[hash & 31]);
  return label;
}

}  // namespace

json::object view(const Contribution& c) {
  return {{"signal", text(name_of(c.signal))},
          {"words", core::words_for(c.signal, c.grade, c.target)},
          {"family", text(name_of(row_of(c.signal).family))},
          {"target", c.target},
          {"grade", text(name_of(c.grade))},
          {"points", c.points},
          {"at", c.at},
          {"halvedBy", c.halved}};
}

json::object view(const Signal& s) {
  if (s.analysis) return analysis_signal(s, {});
  const Episode& e = s.episode;
  json::array rests_on;
  for (const std::string& id : e.rests_on) rests_on.push_back(json::string(id));
  return {{"id", e.id.hex()},
          {"signal", text(name_of(e.signal))},
          {"words", core::words_for(e.signal, e.grade, e.target)},
          {"target", e.target},
          {"family", text(name_of(row_of(e.signal).family))},
          {"grade", text(name_of(e.grade))},
          {"state", text(name_of(s.state))},
          {"at", e.at},
          {"journeyId", s.journey.hex()},
          {"rulesOf", text(s.rules.of())},
          {"rulesVersion", s.rules.version},
          {"restsOn", std::move(rests_on)}};
}

double probability_of(std::uint32_t q16) { return static_cast<double>(q16) / kProbabilityOne; }

// What the model said, where one spoke.
json::value model_of(const Decision& d) {
  if (d.model == 0) return nullptr;
  json::array reasons;
  for (const Reason& reason : d.reasons) {
    reasons.push_back(
        json::object{{"feature", reason.feature}, {"logOdds", static_cast<double>(reason.millis) / 1000.0}});
  }
  return json::object{{"version", d.model},
                      {"exitProbability", probability_of(d.exit_probability)},
                      {"score", d.model_score},
                      {"source", text(name_of(d.source))},
                      {"reasons", std::move(reasons)}};
}

json::object view(const Decision& d) {
  json::array gates;
  for (const GateVerdict& v : d.gates) {
    gates.push_back(
        json::object{{"gate", text(name_of(v.gate))}, {"verdict", v.passed ? "pass" : "reject"}, {"detail", v.detail}});
  }
  return {{"id", d.id.hex()},
          {"model", model_of(d)},
          {"at", d.at},
          {"journeyId", d.journey.hex()},
          {"cause", d.cause},
          {"outcome", d.offered ? "offer" : "none"},
          {"kind", "live_chat"},
          {"trigger", text(name_of(d.trigger))},
          {"risk", d.risk},
          {"struggle", d.struggle},
          {"rulesOf", text(d.rules.of())},
          {"rulesVersion", d.rules.version},
          {"level", text(name_of(level_of(d.risk)))},
          {"interventionId", d.intervention ? json::value(d.intervention->hex()) : json::value(nullptr)},
          {"gates", std::move(gates)},
          {"arm", d.arm ? json::value(text(name_of(*d.arm))) : json::value(nullptr)},
          {"helpProbability", d.help_percent / 100.0},
          {"contributions", views(d.contributions)}};
}

json::object view(const Outcome& o) {
  return {{"kind", text(name_of(o.kind))}, {"at", o.at}, {"goal", or_null(o.goal)}, {"step", or_null(o.step)}};
}

json::object view(const Exposure& e) {
  return {{"decisionId", e.decision.hex()},
          {"visitor", e.visitor},
          {"journeyId", e.journey.hex()},
          {"at", e.at},
          {"arm", text(name_of(e.arm))},
          {"helpProbability", e.help_percent / 100.0},
          {"rulesOf", text(e.rules.of())},
          {"rulesVersion", e.rules.version},
          {"risk", e.risk},
          {"mayTrain", e.may_train},
          {"displayedAt", or_null(e.displayed_at)},
          {"outcome", e.outcome ? json::value(view(*e.outcome)) : json::value(nullptr)}};
}

json::object view(const Intervention& i) {
  return {{"id", i.id.hex()},
          {"decisionId", i.decision.hex()},
          {"journeyId", i.journey.hex()},
          {"kind", "live_chat"},
          {"state", text(name_of(i.state))},
          {"at", i.made_at},
          {"expiresAt", i.expires_at},
          {"displayedAt", or_null(i.displayed_at)},
          {"waitedMs", or_null(i.waited)},
          {"endedAt", or_null(i.ended_at)},
          {"reason", i.reason},
          {"words", i.words},
          {"message", or_null(i.message)},
          {"duplicateExposures", i.duplicate_exposures}};
}

json::object view(const JourneySummary& j) {
  return {{"id", j.id.hex()},
          {"startedAt", j.started_at},
          {"lastAt", j.last_at},
          {"endedAt", or_null(j.ended_at)},
          {"events", j.events},
          {"pages", j.pages},
          {"clicks", j.clicks},
          {"submits", j.submits},
          {"failedSubmits", j.failed_submits},
          {"progress", j.progress},
          {"goalAt", or_null(j.goal_at)},
          {"highestRisk", j.highest_risk},
          {"outcome", j.outcome ? json::value(view(*j.outcome)) : json::value(nullptr)},
          {"degraded", j.degraded}};
}

json::value context_of(const Event& event) {
  json::value context = event.context_json.empty() ? json::object{} : parsed(event.context_json);
  if (event.device != Device::kUnknown && context.is_object())
    context.as_object()["device"] = text(name_of(event.device));
  return context;
}

json::object view(const LoggedRecord& logged) {
  const Record& r = logged.record;
  json::object out{{"offset", logged.offset},
                   {"record", text(kind_name(r))},
                   {"receivedAt", r.received_at / 1000},
                   {"words", words_for(r)}};
  const auto* e = std::get_if<Event>(&r.body);
  if (e == nullptr) return out;
  out["eventId"] = e->id;
  out["eventType"] = e->type;
  out["occurredAt"] = e->occurred_at;
  out["sentAt"] = or_null(e->sent_at);
  out["timestamp"] = or_null(e->client_time);
  out["anonymousId"] = or_null(e->anonymous_id);
  out["userId"] = or_null(e->user_id);
  out["sessionId"] = or_null(e->session_id);
  out["tabId"] = or_null(e->tab_id);
  out["seq"] = e->tab_id.empty() ? json::value(nullptr) : json::value(e->seq);
  out["flags"] = flags_of(*e);
  out["eventData"] = parsed(e->data_json);
  out["context"] = context_of(*e);
  return out;
}

json::object view(const ChatMessage& m) {
  return {{"conversationId", m.conversation.hex()},
          {"messageId", m.message_id},
          {"from", text(name_of(m.from))},
          {"name", m.name},
          {"event", text(name_of(m.event))},
          {"text", m.text},
          {"at", m.at},
          {"offset", m.offset}};
}

json::object view(const Conversation& c) {
  return {{"id", c.id.hex()},
          {"visitor", c.visitor},
          {"label", label_of(c.visitor)},
          {"state", text(name_of(c.state))},
          {"openedAt", c.opened_at},
          {"answeredAt", or_null(c.answered_at)},
          {"closedAt", or_null(c.closed_at)},
          {"unanswered", c.unanswered},
          {"agent", or_null(c.agent)},
          {"interventionId", id_or_null(c.intervention)},
          {"decisionId", id_or_null(c.decision)},
          {"lastText", c.last_text},
          {"lastFrom", text(name_of(c.last_from))},
          {"lastAt", c.last_at},
          {"riskAtOffer", or_null(c.risk_at_offer)},
          {"reason", c.words}};
}

json::object view(const Conversation& conversation, const std::vector<ChatMessage>& messages) {
  return {{"conversation", view(conversation)}, {"messages", views(messages)}};
}

json::object view(const DeadLetter& d) {
  return {{"offset", d.offset},
          {"error", d.error},
          {"at", d.at},
          {"visitor", d.visitor.hex()},
          {"recordBase64", base64(d.bytes)}};
}

json::object view(const FoldNews& news) {
  const Record& r = news.logged.record;
  json::object out{
      {"offset", news.logged.offset},
      {"at", news.at},
      {"record", text(kind_name(r))},
      {"words", words_for(r)},
      {"tag", text(tag_of(news))},
      {"struggle", news.effects.struggle},
      {"risk", news.effects.risk},
      {"level", text(name_of(level_of(news.effects.risk)))},
      {"contributions", views(news.contributions)},
      {"signals", views(news.effects.signals)},
      {"decision",
       news.effects.decisions.empty() ? json::value(nullptr) : json::value(view(news.effects.decisions.back()))},
      {"intervention", news.effects.interventions.empty() ? json::value(nullptr)
                                                          : json::value(view(news.effects.interventions.back()))},
      {"receivedToFoldedUs", news.received_to_folded_us}};
  if (const auto* e = std::get_if<Event>(&r.body)) {
    out["eventType"] = e->type;
    out["occurredAt"] = e->occurred_at;
  }
  return out;
}

json::object standing(const Visitor& visitor, UnixMillis at, const Weights& weights) {
  const int now = struggle(visitor.journey.evidence, at, weights);
  const ExitRisk* said = visitor.journey.served_risk(at);
  const int risk_now = risk(now, said == nullptr ? 0 : said->score, visitor.journey.advice_at(at));
  return {{"at", at},
          {"struggle", now},
          {"risk", risk_now},
          {"level", text(name_of(level_of(risk_now)))},
          {"contributions", views(contributions(visitor.journey.evidence, at, weights))}};
}

json::object consent_of(const Profile& profile, const PrivacyRules& rules) {
  const Consent& said = profile.consent.consent;
  return {{"analytics", text(name_of(said.analytics))},
          {"assistance", text(name_of(said.assistance))},
          {"training", text(name_of(said.training))},
          {"ai", text(name_of(said.ai))},
          {"gpc", profile.asks_for_privacy},
          {"mayTrain", profile.may_train(rules)}};
}

json::object attributes(const Visitor& v, UnixMillis at, const RulesInForce& rules, int agents_available) {
  json::object out = standing(v, at, rules.weights);
  out["consent"] = consent_of(v.profile, rules.rules.privacy);
  out["visitor"] = v.id;
  out["anonymousId"] = or_null(v.anonymous_id);
  out["userId"] = or_null(v.profile.user_id);
  out["exitProbability"] = nullptr;
  out["model"] = nullptr;
  if (const ExitRisk* said = v.journey.served_risk(at)) {
    const RiskSource source =
        said == v.journey.prediction_for(said->model, at) ? RiskSource::kEndpoint : RiskSource::kEmbedded;
    out["exitProbability"] = probability_of(said->probability);
    out["model"] = json::object{
        {"version", said->model}, {"score", said->score}, {"at", said->at}, {"source", text(name_of(source))}};
  }
  out["advice"] = v.journey.advice_at(at);
  out["analysis"] =
      v.journey.analysis ? json::value(view(*v.journey.analysis, rules.rules.analyst)) : json::value(nullptr);
  json::array signals;
  for (const Episode& e : v.journey.evidence.episodes) {
    signals.push_back(view(
        Signal{e, e.grade == Grade::kProvisional ? SignalState::kProvisional : SignalState::kConfirmed, v.journey.id}));
  }
  out["signals"] = std::move(signals);
  out["journey"] = view(summary_of(v.journey));
  static constexpr std::array<const char*, kFactKinds> kTypes = {
      "event",      "page", "click",    "click_outcome", "field",    "validation",      "submit", "exit_intent",
      "visibility", "step", "progress", "goal",          "identify", "struggle_signal", "consent"};
  json::array recent;
  for (const EventDigest& d : v.journey.recent) {
    const std::string type = kTypes[static_cast<std::size_t>(d.kind)];
    const std::string target{d.target_text()};
    recent.push_back(json::object{{"at", d.at},
                                  {"type", type},
                                  {"target", target},
                                  {"words", type + (target.empty() ? "" : " · " + spoken(target))}});
  }
  out["recent"] = std::move(recent);
  out["offer"] = v.offer ? json::value(view(*v.offer)) : json::value(nullptr);
  out["agentsAvailable"] = agents_available;
  return out;
}

json::object offer(const Intervention& i, const std::string& agent) {
  const OfferWords& words = offer_words(i.language);
  json::object strings{{"title", text(words.title)},
                       {"body", i.message.empty() ? text(words.body) : json::string(i.message)},
                       {"accept", text(words.accept)},
                       {"later", text(words.later)},
                       {"never", text(words.never)}};
  if (!i.disclosure.empty()) strings["disclosure"] = i.disclosure;
  return {{"interventionId", i.id.hex()},
          {"kind", "live_chat"},
          {"action", "show_live_chat_popup"},
          {"expiresAt", i.expires_at},
          {"state", text(name_of(i.state))},
          {"agent", or_null(agent)},
          {"language", text(words.language)},
          {"bodyLanguage", i.message.empty() ? text(words.language) : json::string(i.language)},
          {"strings", std::move(strings)}};
}

std::string words_for(const Record& record) { return std::visit(RecordWords{}, record.body); }

}  // namespace handrail::gateway
