// SPDX-License-Identifier: Apache-2.0
#include "core/fold/journey_watches.h"

#include <doctest/doctest.h>

#include "core/fold/fold.h"
#include "tests/support/models.h"

using namespace handrail;
using namespace handrail::core;
using namespace handrail::test;

namespace {

// Keeps what it is told, in short.
class Notes final : public JourneyWatch {
 public:
  explicit Notes(std::vector<Property> wanted = {}) : wanted_(std::move(wanted)) {}
  const std::vector<Property>* wanted() const override { return wanted_.empty() ? nullptr : &wanted_; }
  void on_control(const LoggedRecord&) override { said += 'c'; }
  void on_event(const Visitor&, const Event&) override { said += 'e'; }
  void on_assessed(const Visitor&, const Event&, const Weights&, int) override { said += 'a'; }
  void on_scored(const Visitor&, const ServingModel&, const FeatureRow&, const ExitRisk&) override { said += 's'; }
  void on_outcome(const Visitor&, const Outcome&) override { said += 'o'; }

  std::string said;

 private:
  const std::vector<Property> wanted_;
};

}  // namespace

TEST_CASE("each who looks on is told of everything") {
  Notes first, second({{"price", PropertyKind::kNumber}});
  JourneyWatches both({&first, &second});
  REQUIRE(both.wanted() != nullptr);
  CHECK(both.wanted()->front().path == "price");

  ControlState control;
  Entries<ControlState> take(control);
  take(registration(model_of_events(3, {{"price", PropertyKind::kNumber}}), 1));
  take(move_to(1, ModelStage::kLive, kStart - 1000));
  both.on_control({1, move_to(1, ModelStage::kLive, kStart)});
  Visit visit("anna");
  Visitor visitor;
  Effects effects;
  Offset next = 0;
  for (const Record& record : {visit.page(0), visit.event(1000, Goal{"apply"}, "goal")})
    fold({Rules{}, control, false, &both}, visitor, {next++, record}, effects);
  CHECK(first.said == "ceasoe");
  CHECK(second.said == first.said);
}
