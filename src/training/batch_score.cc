// SPDX-License-Identifier: Apache-2.0
#include "training/batch_score.h"

#include "training/journey_reader.h"

namespace handrail::training {
namespace {

constexpr std::uint64_t kProgressEvery = 4096;  // records

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
  std::uint64_t count = 0;
  while (true) {
    auto event = source.next();
    if (!event) return pass_on(event);
    if (!*event) return {};
    if (const ScoredEvent* scored = scorer.take(**event)) take(*scored);
    if (++count % kProgressEvery == 0 && !options.on_progress(source.share_read(), "scoring"))
      return fail(ErrorCode::kUnavailable, "stopped");
  }
}

}  // namespace handrail::training
