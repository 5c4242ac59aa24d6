// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <string>
#include <vector>

#include "adapters/kinesis/put_records.h"
#include "ports/clock.h"
#include "ports/news_stream.h"

namespace handrail::kinesis {

// News into a stream that every gateway reads. Thread-safe.
class KinesisNewsSender final : public NewsSender {
 public:
  KinesisNewsSender(std::string stream, aws::Client& client, aws::Client::Surrounding around)
      : stream_(std::move(stream)), client_(client), around_(std::move(around)) {}
  Result<void> send(const std::vector<Publication>& news) override;

 private:
  const std::string stream_;
  aws::Client& client_;
  aws::Client::Surrounding around_;
};

struct KinesisNewsOptions {
  std::string stream;
  // Between two reads of a shard. Kinesis answers five a second for all readers of a shard together: with more gateways
  // each asks less often.
  Millis read_every = 200;
  Millis shards_every = 30 * kSecond;  // between two looks for new shards
};

// Reads all shards of the stream, from when it was opened on; after a split or merge from the children's beginning, and
// where the stream was made anew from its beginning.
class KinesisNewsReader final : public NewsReader {
 public:
  static Result<std::unique_ptr<KinesisNewsReader>> open(KinesisNewsOptions options, aws::Client& client,
                                                         aws::Client::Surrounding around);
  Result<std::vector<Publication>> read(std::chrono::milliseconds wait) override;

 private:
  struct Shard {
    std::string begins;  // its first sequence number: a stream that was made anew names its shards the same
    bool from_begin = false;
    std::string iterator;  // empty: to be asked for
    std::string after;     // sequence number of the newest record read
    bool is_open = true;   // else it is read to its end
  };
  KinesisNewsReader(KinesisNewsOptions options, aws::Client& client, aws::Client::Surrounding around)
      : options_(std::move(options)), client_(client), around_(std::move(around)) {}

  Result<void> look_for_shards(bool is_first);
  Result<void> place_iterator(const std::string& id, Shard& shard, boost::json::object from);
  boost::json::object place_of(const Shard& shard) const;
  Result<void> read_shard(const std::string& id, Shard& shard, std::vector<Publication>& news);

  const KinesisNewsOptions options_;
  aws::Client& client_;
  aws::Client::Surrounding around_;
  std::map<std::string, Shard> shards_;
  UnixMillis opened_at_ = 0;
  std::int64_t looked_at_ = 0;  // for shards; monotonic, µs
  bool is_list_stale_ = false;  // shards ended, or are refused
};

}  // namespace handrail::kinesis
