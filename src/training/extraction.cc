// SPDX-License-Identifier: Apache-2.0
#include "training/extraction.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "training/event_loop.h"
#include "training/journey_reader.h"
#include "training/labels.h"

namespace handrail::training {
namespace {

// The most frequent types of events, by count and then by name.
class TypeFrequencies {
 public:
  void take(const core::Record& record) {
    if (const auto* event = std::get_if<core::Event>(&record.body)) ++counts_[event->type];
  }
  std::vector<std::string> most_frequent(std::size_t count) const {
    std::vector<std::pair<std::string, std::uint64_t>> all(counts_.begin(), counts_.end());
    std::ranges::sort(all, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(count, all.size()); ++i) names.push_back(all[i].first);
    return names;
  }

 private:
  std::unordered_map<std::string, std::uint64_t> counts_;
};

class Extraction final : public core::JourneyWatch {
 public:
  Extraction(const ExtractionOptions& options, core::FeatureRecipe recipe)
      : options_(options), maker_(std::move(recipe)), reader_(options.rules, *this) {}

  const std::vector<core::Property>* wanted() const override { return &maker_.recipe().properties; }

  void take(const SourceEvent& event) {
    tells_ = event.tells;
    ++counts_.records;
    if (!reader_.take(event.logged)) ++counts_.failed;
  }

  void on_event(const core::Visitor& visitor, const core::Event& event) override {
    if (visitor.journey.outcome) return;  // it had come to its goal
    open_[visitor.journey.id].take(tells_, event.occurred_at);
  }

  void on_assessed(const core::Visitor& visitor, const core::Event& event, const core::Weights& weights,
                   int struggle) override {
    OpenJourney& open = open_[visitor.journey.id];
    if (open.is_cut() || open.rows.size() >= options_.rows_per_journey_max) return;
    OpenJourney::Row& row = open.rows.emplace_back();
    core::FeatureRow made;
    maker_.make(visitor.journey, visitor.profile, weights, struggle, made);
    row.numbers = std::move(made.numbers);
    row.categories = std::move(made.categories);
    row.about.at = event.occurred_at;
    row.about.prefix = visitor.journey.events;
    ++rows_;
  }

  void on_outcome(const core::Visitor& visitor, const core::Outcome& outcome) override { finish(visitor, outcome); }

  void finish_all() {
    reader_.each_open([this](const core::Visitor& visitor, const auto& outcome) { finish(visitor, outcome); });
  }

  std::uint64_t rows() const { return rows_; }
  Extracted result();

 private:
  void finish(const core::Visitor& visitor, const std::optional<core::Outcome>& outcome);
  // False: the journey teaches nothing, for a reason that is counted.
  bool may_teach(const core::Visitor& visitor, const OpenJourney& open);
  void label(const core::Visitor& visitor, OpenJourney& open, Label label, float weight);

  const ExtractionOptions& options_;
  core::FeatureMaker maker_;
  JourneyReader reader_;
  Tells tells_ = Tells::kNothing;
  std::unordered_map<Id128, OpenJourney, IdHash> open_;
  std::vector<std::vector<OpenJourney::Row>> finished_;
  ExtractionCounts counts_;
  std::uint64_t rows_ = 0;
};

bool Extraction::may_teach(const core::Visitor& visitor, const OpenJourney& open) {
  if (visitor.journey.trail && visitor.journey.trail->device == core::Device::kBot) return ++counts_.bots, false;
  if (!visitor.profile.may_train(reader_.rules_of(visitor).privacy)) return ++counts_.refused, false;
  if (open.rows.empty()) return ++counts_.without_rows, false;
  return true;
}

void Extraction::finish(const core::Visitor& visitor, const std::optional<core::Outcome>& outcome) {
  const auto found = open_.find(visitor.journey.id);
  if (found == open_.end()) return;
  OpenJourney open = std::move(found->second);
  open_.erase(found);
  ++counts_.journeys;
  if (outcome && outcome->kind == core::OutcomeKind::kGoal && !open.is_cut()) open.cut_at = outcome->at;
  if (outcome && outcome->kind == core::OutcomeKind::kGoal && !open.goal_at) open.goal_at = outcome->at;
  open.drop_guarded(options_.guard);
  if (!may_teach(visitor, open)) return;
  const Label verdict = label_of(open, outcome, options_.has_told_exits);
  const Exposed exposed = exposure_of(visitor.journey);
  if (exposed.is_helped) {
    ++counts_.helped;
  } else if (verdict == Label::kCensored) {
    ++counts_.censored;
  } else {
    counts_.weighted += exposed.weight > 1 ? 1 : 0;
    label(visitor, open, verdict, exposed.weight);
  }
}

void Extraction::label(const core::Visitor& visitor, OpenJourney& open, Label label, float weight) {
  const bool is_exit = label == Label::kExit;
  if (!is_exit && options_.horizon > 0)
    std::erase_if(open.rows, [&](const auto& row) { return *open.goal_at - row.about.at > options_.horizon; });
  if (open.rows.empty()) return void(++counts_.without_rows);
  ++(is_exit ? counts_.exits : counts_.goals);
  const std::string& person = visitor.profile.user_id.empty() ? visitor.id : visitor.profile.user_id;
  const std::uint64_t unit = id_of({visitor.site, person}).low;
  for (OpenJourney::Row& row : open.rows) {
    row.about.visitor = unit;
    row.about.journey = visitor.journey.id.low;
    row.about.is_exit = is_exit;
    row.about.weight = weight;
    row.about.events_left = static_cast<std::uint32_t>(
        open.event_times.size() - std::min<std::size_t>(open.event_times.size(), row.about.prefix));
  }
  finished_.push_back(std::move(open.rows));
}

Extracted Extraction::result() {
  std::ranges::stable_sort(
      finished_, {}, [](const auto& rows) { return std::pair(rows.front().about.at, rows.front().about.journey); });
  Extracted out{maker_.recipe(), {}, counts_};
  out.set.number_names = core::number_names(out.recipe);
  out.set.category_names = core::category_names(out.recipe);
  for (const auto& journey : finished_) {
    for (const OpenJourney::Row& row : journey) {
      out.set.rows.push_back(row.about);
      out.set.numbers.insert(out.set.numbers.end(), row.numbers.begin(), row.numbers.end());
      out.set.categories.insert(out.set.categories.end(), row.categories.begin(), row.categories.end());
    }
  }
  if (!out.set.rows.empty()) {
    const auto [first, last] = std::ranges::minmax(out.set.rows, {}, &TrainingSet::Row::at);
    out.counts.from = first.at;
    out.counts.to = last.at;
  }
  return out;
}

// Gives each record to `take`; share of progress from `begin` on.
template <class Take>
Result<void> read_all(EventSource& source, const ExtractionOptions& options, double begin, const char* words,
                      Take take) {
  const auto goes_on = [&](double share) { return options.on_progress(begin + share / 2, words); };
  return read_events(source, goes_on, take);
}

}  // namespace

Result<Extracted> extract(EventSource& source, const ExtractionOptions& options) {
  TypeFrequencies types;
  auto counted = read_all(source, options, 0, "counting events", [&](const SourceEvent& event) -> Result<void> {
    types.take(event.logged.record);
    return {};
  });
  if (!counted) return pass_on(counted);
  if (auto again = source.rewind(); !again) return pass_on(again);
  core::FeatureRecipe recipe;
  recipe.properties = options.properties;
  recipe.types = types.most_frequent(options.types_max);
  Extraction extraction(options, std::move(recipe));
  auto read = read_all(source, options, 0.5, "making rows", [&](const SourceEvent& event) -> Result<void> {
    extraction.take(event);
    if (extraction.rows() <= options.rows_max) return {};
    return fail(ErrorCode::kLimitExceeded,
                "the source makes more than " + std::to_string(options.rows_max) + " rows; take a shorter span of time",
                "rows_max", static_cast<std::int64_t>(options.rows_max));
  });
  if (!read) return pass_on(read);
  extraction.finish_all();
  Extracted out = extraction.result();
  if (out.set.size() == 0)
    return fail(
        ErrorCode::kInvalidArgument,
        "no journey of " + std::to_string(out.counts.journeys) +
            " has a row and an outcome that can be told: are goals declared, and has the log journeys that are over?",
        "labels");
  return out;
}

}  // namespace handrail::training
