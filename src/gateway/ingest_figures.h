// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>

#include "gateway/codec/intake.h"
#include "gateway/http.h"
#include "telemetry/metrics.h"

namespace handrail::gateway {

// What becomes of requests that bring events, and of the events in them.
class IngestFigures {
 public:
  explicit IngestFigures(telemetry::Metrics& metrics);

  static bool is_intake(std::string_view path);
  // The same exchange, whose answer's status is counted.
  std::shared_ptr<Exchange> counting(std::shared_ptr<Exchange> exchange) const;
  void count_request(int status) const;

  // The rejected ones by their fault, and how far the client's clock is from ours.
  void take(const Intake& intake) const;
  void count_accepted(std::size_t events) const { accepted_.add(static_cast<double>(events)); }
  void count_redacted(std::size_t events) const { redacted_.add(static_cast<double>(events)); }
  void count_refused(std::size_t events) const { refused_.add(static_cast<double>(events)); }

 private:
  std::map<int, telemetry::Counter> requests_;
  telemetry::Counter other_requests_;
  std::map<std::string, telemetry::Counter, std::less<>> rejected_;  // by the fault's code
  telemetry::Counter rejected_otherwise_, accepted_, refused_, redacted_;
  telemetry::Histogram clock_skew_;
};

}  // namespace handrail::gateway
