// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "adapters/kafka/client.h"
#include "ports/news_stream.h"

namespace handrail::kafka {

// News into a topic that every gateway reads.
class KafkaNewsSender final : public NewsSender {
 public:
  static Result<std::unique_ptr<KafkaNewsSender>> open(const ConnectionOptions& connection, std::string topic,
                                                       Millis give_up_after, Failed failed);
  ~KafkaNewsSender() override;
  Result<void> send(const std::vector<Publication>& news) override;

 private:
  explicit KafkaNewsSender(std::string topic);

  const std::string topic_;
  Delivered delivered_;
  Handle handle_;
  std::jthread polling_;
};

// All partitions of the topic, from when it was opened on. Of no group: each gateway hears everything.
class KafkaNewsReader final : public NewsReader {
 public:
  static Result<std::unique_ptr<KafkaNewsReader>> open(const ConnectionOptions& connection, const std::string& topic,
                                                       int partitions);
  Result<std::vector<Publication>> read(std::chrono::milliseconds wait) override;

 private:
  KafkaNewsReader() = default;
  Handle handle_;
};

}  // namespace handrail::kafka
