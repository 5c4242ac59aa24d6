// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace handrail::bench {

enum class Traffic { kMissionSingle, kMissionBatch, kSdkBatch, kBare };

struct BodyOptions {
  Traffic traffic = Traffic::kSdkBatch;
  int batch = 50;                 // events of a request
  std::uint64_t visitors = 1000;  // taken in turn
  std::uint64_t first_visitor = 0;
  std::uint64_t run = 0;  // names the run: visitors and event ids of two runs differ
};

// Whole HTTP requests, each event of about 413 bytes of JSON. A request is a template in which fixed-width places are
// filled in (who, which, when), so that making one costs next to nothing beside sending it. Every event is new: no id
// or sequence number comes twice.
class Requests {
 public:
  explicit Requests(const BodyOptions& options);

  // The next request of this lane (visitors are shared out between lanes, so that each visitor's requests keep their
  // order when a lane is one connection). Valid until the next call.
  std::string_view next(std::size_t lane, std::size_t lanes, std::int64_t now_ms);
  int events_per_request() const { return options_.traffic == Traffic::kBare ? 1 : options_.batch; }

 private:
  struct Shape {
    std::string text;
    std::vector<std::size_t> visitors, numbers, times, monos;  // where the places are
  };
  static Shape shape_of(const std::string& body, const std::string& path);
  std::string sdk_batch(int kind) const;
  std::string mission_batch() const;

  BodyOptions options_;
  std::vector<Shape> shapes_;
  std::vector<std::uint64_t> turns_;  // of each lane
  std::vector<std::uint32_t> sent_;   // requests of each visitor so far
};

}  // namespace handrail::bench
