// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "moving/box.h"

// Boxes as files hold them, item by item: what is counted and hashed.
namespace handrail::moving {

struct StoredVisitor {
  VisitorKey key;
  std::string visitor;
  std::vector<std::string> signals, decisions, interventions, journeys, exposures, conversations, messages, records,
      untold;
};
template <class A>
void fields(A& a, StoredVisitor& v) {
  a(v.key, v.visitor, v.signals, v.decisions, v.interventions, v.journeys, v.exposures, v.conversations, v.messages,
    v.records, v.untold);
}

struct StoredHouse {
  std::vector<std::string> control, erased, letters;
};
template <class A>
void fields(A& a, StoredHouse& h) {
  a(h.control, h.erased, h.letters);
}

StoredVisitor packed(const VisitorBox& box);
StoredHouse packed(const HouseBox& box);

}  // namespace handrail::moving
