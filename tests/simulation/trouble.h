// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.h"
#include "simulate/random.h"

namespace handrail::test {

// What goes wrong in a run of the whole system; percent where not said otherwise. The seed draws it, so that some runs
// are stormy in one way and calm in another.
struct Trouble {
  int request_lost = 0;
  int response_lost = 0;
  int duplicated = 0;
  Millis delay_most = 5;   // of a message on its way
  Millis commit_most = 5;  // of an append, until it is durable
  int append_fails = 0;
  int refusing = 0;  // the log refuses for a while
  int store_fails = 0;
  int settle_fails = 0;
  Millis life_most = kHour;  // until the process dies; long: never
  int power_loss = 0;        // of the deaths: what was not synced is lost, too
  int goodbye = 0;           // of the deaths: the process was asked to stop
  int stream_breaks = 0;
  std::uint32_t partitions = 1;
};

inline Trouble draw_trouble(simulate::Random& random) {
  const auto up_to = [&](std::int64_t most) {
    return static_cast<int>(random.chance(60) ? random.below(most + 1) : 0);
  };
  Trouble t;
  t.request_lost = up_to(15);
  t.response_lost = up_to(15);
  t.duplicated = up_to(20);
  t.delay_most = 5 + up_to(800);
  t.commit_most = 2 + up_to(300);
  t.append_fails = up_to(20);
  t.refusing = up_to(8);
  t.store_fails = up_to(30);
  t.settle_fails = up_to(30);
  t.life_most = random.chance(75) ? random.between(3 * kSecond, 30 * kSecond) : kHour;
  t.power_loss = up_to(60);
  t.goodbye = up_to(40);
  t.stream_breaks = up_to(60);
  t.partitions = static_cast<std::uint32_t>(random.between(1, 3));
  return t;
}

// Bugs that a test plants, to see that they are found.
enum class Bug {
  kNone,
  kAcknowledgedBeforeDurable,  // by the log, to the gateway
  kCausedRecordsForgotten,     // a checkpoint passes records for other visitors that are not durable
  kDuplicatesNotSeen,          // of foreign events
  kTornCommit,                 // state is written by halves
  kNewsLost,                   // now and then the hub does not hear of an offer
  kOfferSentTwice,             // over one stream
  kReordered,                  // the log swaps records of one append
};

}  // namespace handrail::test
