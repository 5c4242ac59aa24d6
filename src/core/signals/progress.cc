// SPDX-License-Identifier: Apache-2.0
#include "core/signals/detector.h"

namespace handrail::core {
namespace {

// A field's first validity, a step forward, a submit that succeeds, what the site declares.
struct ProgressTest {
  const Journey& journey;

  bool operator()(const Field& fact) const {
    return fact.validity == Validity::kValid && fact.changed && !fact.empty && journey.is_first_validity(fact.key);
  }
  bool operator()(const Step& fact) const { return journey.is_forward(fact); }
  bool operator()(const Submit& fact) const { return fact.result == SubmitResult::kOk; }
  bool operator()(const DeclaredProgress&) const { return true; }
  template <class Other>
  bool operator()(const Other&) const {
    return false;
  }
};

}  // namespace

bool is_progress(const Journey& journey, const Event& event) { return std::visit(ProgressTest{journey}, event.fact); }

}  // namespace handrail::core
