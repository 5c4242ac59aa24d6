// SPDX-License-Identifier: Apache-2.0
#include "engine/rows.h"

namespace handrail {

void add_rows(StateBatch& rows, const VisitorKey& key, const core::Effects& effects) {
  const auto keep = [&](auto& kept, const auto& items) {
    for (const auto& item : items) kept.push_back({key, item});
  };
  keep(rows.signals, effects.signals);
  keep(rows.decisions, effects.decisions);
  keep(rows.interventions, effects.interventions);
  keep(rows.exposures, effects.exposures);
  keep(rows.messages, effects.messages);
  if (effects.ended_journey) rows.journeys.push_back({key, *effects.ended_journey});
  if (effects.conversation) rows.conversations.push_back({key, *effects.conversation});
}

void forget_rows(StateBatch& rows, const ErasedVisitor& erased) {
  const auto drop = [&](auto& kept) {
    std::erase_if(kept, [&](const auto& row) { return row.visitor == erased.visitor; });
  };
  drop(rows.signals);
  drop(rows.decisions);
  drop(rows.interventions);
  drop(rows.journeys);
  drop(rows.exposures);
  drop(rows.conversations);
  drop(rows.messages);
  drop(rows.dead_letters);
  drop(rows.erased);
  rows.erased.push_back(erased);
}

void add_news(std::vector<Publication>& news, const VisitorKey& key, const core::Record& record,
              const core::Effects& effects) {
  for (const core::Intervention& i : effects.interventions)
    news.push_back({key, InterventionNews{i, record.received_at}});
  for (const core::ChatMessage& m : effects.messages) news.push_back({key, ChatNews{record.site, m}});
  if (effects.conversation) news.push_back({key, ConversationNews{*effects.conversation}});
}

}  // namespace handrail
