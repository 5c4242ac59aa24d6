// SPDX-License-Identifier: Apache-2.0
#include "moving/shared_source.h"

#include <algorithm>

#include "adapters/dynamodb/schema.h"
#include "core/control/control.h"
#include "moving/side_by_side.h"

namespace handrail::moving {
namespace {

namespace json = boost::json;

const std::string kVisitorKind = "visitor#";

}  // namespace

Result<std::string> SharedSource::position() {
  auto entries = parts_.control.read(0);
  if (!entries) return pass_on(entries);
  return parts_.database.name_of("*") + ", control entry " +
         std::to_string(entries->empty() ? 0 : entries->back().offset + 1);
}

Result<std::vector<ListedVisitor>> SharedSource::visitors() {
  std::vector<ListedVisitor> out;
  json::object request{{"FilterExpression", "begins_with(pk, :kind) AND attribute_exists(v)"},
                       {"ExpressionAttributeValues", json::object{{":kind", dynamodb::text(kVisitorKind)}}},
                       {"ProjectionExpression", "pk, version"},
                       {"ConsistentRead", true}};
  auto done = parts_.database.scan(dynamodb::kJourneys, std::move(request), [&](const dynamodb::Item& item) {
    const std::string pk = dynamodb::text_in(item, "pk").value_or("");
    if (const auto id = Id128::parse(pk.substr(std::min(pk.size(), kVisitorKind.size()))))
      out.push_back({VisitorKey{*id}, static_cast<std::uint64_t>(dynamodb::number_in(item, "version").value_or(0))});
    return true;
  });
  if (!done) return pass_on(done);
  std::ranges::sort(out, {}, &ListedVisitor::key);
  return out;
}

// Of the control log what holds today, as a server of its own would keep it.
Result<HouseBox> SharedSource::house() {
  auto box = lists_.house();
  if (!box) return box;
  auto entries = parts_.control.read(0);
  if (!entries) return pass_on(entries);
  core::ControlState state;
  for (const core::LoggedRecord& entry : *entries) state.take(entry);
  std::ranges::move(state.entries(), std::back_inserter(box->control));
  return box;
}

Result<VisitorBox> SharedSource::box_of(const ListedVisitor& listed, SharedVisitor stored) const {
  if (stored.version != listed.version) {
    return fail(ErrorCode::kConflict, "visitor " + listed.key.hex() +
                                          " went on while it was read: stop the workers, remove the export's folder, "
                                          "and export again");
  }
  if (!stored.untold.rows.empty()) {
    if (auto written = parts_.state.write_rows(stored.untold.rows, stored.version); !written) return pass_on(written);
  }
  VisitorBox box;
  box.key = listed.key;
  box.visitor = std::move(stored.visitor);
  box.untold = std::move(stored.untold.appends);
  if (auto filled = lists_.fill(box); !filled) return pass_on(filled);
  auto records = parts_.history.read_visitor(box.key, INT64_MAX, SIZE_MAX);
  if (!records) return pass_on(records);
  std::ranges::reverse(*records);
  box.records = std::move(*records);
  number_on_its_own(box);
  return box;
}

Result<std::vector<VisitorBox>> SharedSource::boxes(std::span<const ListedVisitor> visitors) {
  if (!knows_conversations_) {
    if (auto learned = lists_.learn_conversations(); !learned) return pass_on(learned);
    knows_conversations_ = true;
  }
  std::vector<VisitorKey> keys;
  for (const ListedVisitor& visitor : visitors) keys.push_back(visitor.key);
  auto stored = parts_.state.load(keys);
  if (!stored) return pass_on(stored);
  std::vector<VisitorBox> out(visitors.size());
  auto done = side_by_side(visitors.size(), at_once_, [&](std::size_t i) -> Result<void> {
    auto box = box_of(visitors[i], std::move((*stored)[i]));
    if (!box) return pass_on(box);
    out[i] = std::move(*box);
    return {};
  });
  if (!done) return pass_on(done);
  return out;
}

}  // namespace handrail::moving
