// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/transport.h"

#include <utility>

namespace handrail::test {

bool SimulatedStream::send(std::string_view event, std::string_view data, std::string_view) {
  if (!is_open_) return false;
  listener_.heard(std::string(event), std::string(data));
  if (transport_.bug_ == Bug::kOfferSentTwice && event == "intervention")
    listener_.heard(std::string(event), std::string(data));
  return true;
}

// As Server's streams do: later, so that whoever closes many is not disturbed.
void SimulatedStream::close() {
  transport_.post([self = shared_from_this()] { self->end(); });
}

void SimulatedStream::end() {
  if (!is_open_) return;
  is_open_ = false;
  listener_.ended();
  for (auto& gone : std::exchange(gone_, {})) gone();
}

void SimulatedStream::on_close(std::function<void()> gone) { gone_.push_back(std::move(gone)); }

void SimulatedStream::break_off() {
  if (!is_open_) return;
  is_open_ = false;
  for (auto& gone : std::exchange(gone_, {})) gone();
}

// Answers one request. One that is let go without an answer, while the process lives, is a fault.
class SimulatedExchange final : public gateway::Exchange {
 public:
  SimulatedExchange(SimulatedTransport& transport, Listener listener, std::shared_ptr<void> hold,
                    std::shared_ptr<std::size_t> open, std::string path)
      : transport_(transport),
        life_(transport.life_),
        listener_(std::move(listener)),
        hold_(std::move(hold)),
        open_(std::move(open)),
        path_(std::move(path)) {
    ++*open_;
  }
  ~SimulatedExchange() override {
    --*open_;
    if (!is_answered_ && !life_.expired()) transport_.faults_.push_back(path_ + ": let go without an answer");
  }

  void respond(gateway::HttpResponse response) override {
    if (!note_answer()) return;
    listener_.answered(response.status, response.body);
  }
  std::shared_ptr<gateway::EventStream> open_stream(std::vector<std::pair<std::string, std::string>>) override {
    auto stream = std::make_shared<SimulatedStream>(listener_, transport_);
    if (!note_answer()) return stream;
    transport_.streams_.push_back(stream);
    transport_.break_some_time(stream);
    listener_.answered(200, "");
    return stream;
  }

 private:
  bool note_answer() {
    hold_.reset();
    if (is_answered_) transport_.faults_.push_back(path_ + ": answered twice");
    return !std::exchange(is_answered_, true);
  }

  SimulatedTransport& transport_;
  std::weak_ptr<int> life_;
  Listener listener_;
  std::shared_ptr<void> hold_;
  std::shared_ptr<std::size_t> open_;
  const std::string path_;
  bool is_answered_ = false;
};

Result<void> SimulatedTransport::start() { return {}; }

void SimulatedTransport::post(std::function<void()> work) {
  if (!life_) return;
  posted_.push_back(std::move(work));
  if (posted_.size() > 1) return;
  schedule_.within(0, 1, [this, life = std::weak_ptr(life_)] {
    if (life.lock()) run_posted();
  });
}

void SimulatedTransport::run_posted() {
  for (auto& work : std::exchange(posted_, {})) work();
}

void SimulatedTransport::every(Millis span, std::function<void()> work) {
  schedule_.after(span, [this, span, life = std::weak_ptr(life_), work = std::move(work)] {
    if (!life.lock()) return;
    work();
    every(span, work);
  });
}

void SimulatedTransport::stop(Millis) {
  while (life_ && !posted_.empty()) run_posted();
}

// The connection breaks: the page knows at once, the server after some silence.
void SimulatedTransport::break_some_time(const std::shared_ptr<SimulatedStream>& stream) {
  if (!schedule_.random.chance(trouble_.stream_breaks)) return;
  schedule_.within(kSecond, 20 * kSecond, [this, life = std::weak_ptr(life_), stream] {
    if (!life.lock()) return;
    stream->tell_page_of_end();
    schedule_.within(0, 4 * kSecond, [alive = life, stream] {
      if (alive.lock()) stream->break_off();
    });
  });
}

void SimulatedTransport::die() {
  life_.reset();
  for (const auto& weak : streams_) {
    const auto stream = weak.lock();
    if (!stream) continue;
    stream->forget();
    stream->end();
  }
}

void SimulatedTransport::take(gateway::HttpRequest request, Listener listener,
                              const std::shared_ptr<std::size_t>& open) {
  const gateway::RequestHead head{request.method, request.path, request.header("origin"), request.body.size(),
                                  gateway::is_beacon_mode(request.header("sec-fetch-mode"))};
  gateway::Admitted admitted = admit_(head);
  if (admitted.refusal) return listener.answered(admitted.refusal->status, "");
  request.received_at = schedule_.clock.now();
  auto exchange =
      std::make_shared<SimulatedExchange>(*this, std::move(listener), std::move(admitted.hold), open, request.path);
  handler_(std::move(request), std::move(exchange));
}

}  // namespace handrail::test
