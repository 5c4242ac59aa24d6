// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/network.h"

#include <algorithm>
#include <utility>

namespace handrail::test {

void Network::send(const gateway::HttpRequest& request, Listener listener) {
  simulate::Random& random = schedule_.random;
  const int copies = random.chance(trouble_.duplicated) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    if (random.chance(trouble_.request_lost)) continue;
    auto wire = std::make_shared<Wire>(Wire{listener});
    const bool answer_lost = random.chance(trouble_.response_lost);
    schedule_.within(0, trouble_.delay_most * (i + 1),
                     [this, request, wire, answer_lost] { arrive(request, wire, answer_lost); });
  }
}

void Network::connect(gateway::HttpRequest request, Listener listener) {
  auto wire = std::make_shared<Wire>(Wire{std::move(listener)});
  schedule_.within(0, trouble_.delay_most,
                   [this, request = std::move(request), wire] { arrive(request, wire, false); });
}

void Network::arrive(gateway::HttpRequest request, const std::shared_ptr<Wire>& wire, bool answer_lost) {
  if (process_ == nullptr) return back(wire, [wire] { wire->listener.answered(0, ""); });
  request.body.reserve(request.body.size() + 64);
  open_.push_back(wire);
  process_->take(std::move(request), server_end(wire, answer_lost));
}

Listener Network::server_end(const std::shared_ptr<Wire>& wire, bool answer_lost) {
  return {[this, wire, answer_lost](int status, const std::string& body) {
            wire->is_answered = true;
            if (!answer_lost) back(wire, [wire, status, body] { wire->listener.answered(status, body); });
          },
          [this, wire](const std::string& event, const std::string& data) {
            back(wire, [wire, event, data] { wire->listener.heard(event, data); });
          },
          [this, wire] { back(wire, [wire] { wire->listener.ended(); }); }};
}

void Network::back(const std::shared_ptr<Wire>& wire, std::function<void()> work) {
  wire->last_due = std::max(wire->last_due, schedule_.now() + schedule_.random.between(0, trouble_.delay_most));
  schedule_.at(wire->last_due, std::move(work));
}

void Network::break_all() {
  process_ = nullptr;
  for (const auto& weak : std::exchange(open_, {})) {
    const auto wire = weak.lock();
    if (!wire || wire->is_answered) continue;
    wire->is_answered = true;
    back(wire, [wire] { wire->listener.answered(0, ""); });
  }
}

}  // namespace handrail::test
