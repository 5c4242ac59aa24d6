// SPDX-License-Identifier: Apache-2.0
#include "training/batch_score.h"

#include "training/event_loop.h"
#include "training/journey_reader.h"

namespace handrail::training {
namespace {

class Scorer final : public core::JourneyWatch {
 public:
  Scorer(const core::ExitModel& model, const core::Rules& rules) : model_(model), reader_(rules, *this) {}

  const std::vector<core::Property>* wanted() const override { return &model_.features().recipe().properties; }

  void on_event(const core::Visitor& visitor, const core::Event& /*event*/) override {
    scored_.journey = visitor.journey.id.hex();
    scored_.prefix = visitor.journey.events;
  }

  void on_assessed(const core::Visitor& visitor, const core::Event& /*event*/, const core::Weights& weights,
                   int struggle) override {
    model_.features().make(visitor.journey, visitor.profile, weights, struggle, row_);
    scored_.probability = model_.judge(row_).probability;
    scored_.score = core::score_of(model_.score_points(), *scored_.probability);
  }

  // Nothing: the record is no event.
  const ScoredEvent* take(const SourceEvent& event) {
    scored_ = {};
    (void)reader_.take(event.logged);
    const auto* fact = std::get_if<core::Event>(&event.logged.record.body);
    if (fact == nullptr) return nullptr;
    scored_.offset = event.logged.offset;
    scored_.line = event.line;
    scored_.visitor = event.logged.record.visitor;
    scored_.type = fact->type;
    scored_.at = fact->occurred_at;
    scored_.tells = event.tells;
    return &scored_;
  }

 private:
  const core::ExitModel& model_;
  JourneyReader reader_;
  core::FeatureRow row_;
  ScoredEvent scored_;
};

}  // namespace

Result<void> score_events(EventSource& source, const core::ExitModel& model, const ExtractionOptions& options,
                          const std::function<void(const ScoredEvent&)>& take) {
  Scorer scorer(model, options.rules);
  const auto goes_on = [&](double share) { return options.on_progress(share, "scoring"); };
  return read_events(source, goes_on, [&](const SourceEvent& event) -> Result<void> {
    if (const ScoredEvent* scored = scorer.take(event)) take(*scored);
    return {};
  });
}

}  // namespace handrail::training
