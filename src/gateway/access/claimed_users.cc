// SPDX-License-Identifier: Apache-2.0
#include "gateway/access/claimed_users.h"

#include <algorithm>

namespace handrail::gateway {
namespace {

constexpr const char* kCode = "user_not_verified";
constexpr const char* kDetail = "needs a visitor's token that names the user, or a server's key";

enum class Verdict { kSound, kNameless, kRejected };

Verdict doubt(core::Record& record, const std::function<bool(std::string_view)>& is_vouched_for) {
  auto* event = std::get_if<core::Event>(&record.body);
  if (event == nullptr) return Verdict::kSound;
  auto* identify = std::get_if<core::Identify>(&event->fact);
  const bool names_unvouched = !event->user_id.empty() && !is_vouched_for(event->user_id);
  const bool identifies_unvouched = identify != nullptr && !is_vouched_for(identify->user_id);
  if (!names_unvouched && !identifies_unvouched) return Verdict::kSound;
  if (names_unvouched && record.visitor == event->user_id) return Verdict::kRejected;
  if (names_unvouched) event->user_id.clear();
  if (identifies_unvouched) event->fact = core::Custom{};
  return Verdict::kNameless;
}

}  // namespace

std::size_t doubt_users(Intake& intake, const std::function<bool(std::string_view)>& is_vouched_for) {
  std::size_t nameless = 0;
  std::vector<core::Record> kept;
  // The mission's batches have a result for each event, the SDK's only for rejected ones, and none of those here.
  auto result = intake.results.begin();
  for (core::Record& record : intake.records) {
    result = std::find_if(result, intake.results.end(), [](const EventResult& r) { return !r.fault; });
    const Verdict verdict = doubt(record, is_vouched_for);
    nameless += verdict == Verdict::kNameless ? 1 : 0;
    if (verdict == Verdict::kRejected) {
      ++intake.rejected;
      if (result != intake.results.end()) result->fault = Fault{kCode, "userId", kDetail};
    } else {
      kept.push_back(std::move(record));
    }
    if (result != intake.results.end()) ++result;
  }
  intake.records = std::move(kept);
  return nameless;
}

}  // namespace handrail::gateway
