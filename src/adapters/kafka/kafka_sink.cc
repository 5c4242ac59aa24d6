// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_sink.h"

#include <librdkafka/rdkafka.h>

#include "adapters/common/block_codec.h"
#include "telemetry/log.h"

namespace handrail::kafka {

KafkaSink::KafkaSink(KafkaSinkOptions options, const Clock& clock)
    : options_(std::move(options)),
      delivered_([this](void* message, Result<std::pair<int, std::int64_t>> place) {
        take(std::unique_ptr<Sent>(static_cast<Sent*>(message)), place);
      }),
      refusals_("Kafka", clock),
      newest_(clock) {}

Result<std::unique_ptr<KafkaSink>> KafkaSink::open(const ConnectionOptions& connection, KafkaSinkOptions options,
                                                   const Clock& clock) {
  const Millis give_up_after = options.give_up_after;
  std::unique_ptr<KafkaSink> sink(new KafkaSink(std::move(options), clock));
  auto handle = make_producer(connection, give_up_after, &sink->delivered_);
  if (!handle) return pass_on(handle);
  sink->handle_ = std::move(*handle);
  sink->polling_ = poll_reports(sink->handle_.get(), "kafka", [raw = sink.get()](const Error& why) { raw->end(why); });
  return sink;
}

void KafkaSink::end(const Error& why) {
  {
    std::lock_guard lock(failure_mutex_);
    failure_ = why.message;
    has_failed_ = true;
  }
  telemetry::log_error(why.message);
  if (options_.failed) options_.failed(why);
}

void KafkaSink::stop() {
  if (stopping_.exchange(true) || !handle_) return;
  // The producer gives up by itself what is not taken in time.
  rd_kafka_flush(handle_.get(), static_cast<int>(options_.give_up_after + kSecond));
  polling_.request_stop();
  if (polling_.joinable()) polling_.join();
  while (rd_kafka_poll(handle_.get(), 0) > 0) {
  }
}

void KafkaSink::append(std::vector<core::Record> records, Appended done) {
  const std::vector<AppendPart> parts = parts_of(std::move(records), options_.block_bytes_max);
  std::size_t bytes = 0;
  for (const AppendPart& part : parts) bytes += part.bytes;
  const bool is_ending = stopping_ || has_failed_;
  if (is_ending || waiting_bytes_ + bytes > options_.waiting_bytes_max) {
    ++counters_.refused_appends;
    return done(fail(ErrorCode::kUnavailable,
                     is_ending ? "the gateway is going away; try again" : "too much waits for the brokers; try again"));
  }
  waiting_bytes_ += bytes;
  auto ticket = std::make_shared<AppendTicket>(parts.size(), std::move(done));
  for (const AppendPart& part : parts) {
    const std::string block = block_of(part.records);
    produce(std::make_unique<Sent>(Sent{part.visitor, part.records.size(), part.bytes, block.size(), ticket}), block);
  }
}

void KafkaSink::produce(std::unique_ptr<Sent> sent, const std::string& block) {
  const std::string key = sent->visitor.hex();
  const auto err =
      rd_kafka_producev(handle_.get(), RD_KAFKA_V_TOPIC(options_.topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
                        RD_KAFKA_V_VALUE(const_cast<char*>(block.data()), block.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(sent.get()), RD_KAFKA_V_END);
  if (err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    (void)sent.release();  // comes back with its delivery report
    return;
  }
  take(std::move(sent), fail(ErrorCode::kUnavailable, std::string("kafka: ") + rd_kafka_err2str(err)));
}

void KafkaSink::take(std::unique_ptr<Sent> sent, const Result<std::pair<int, std::int64_t>>& place) {
  waiting_bytes_ -= sent->bytes;
  if (place) {
    ++counters_.messages;
    counters_.records += sent->records;
    counters_.bytes += sent->block_bytes;
    newest_.note(sent->visitor, std::to_string(place->second));
    refusals_.took();
  } else {
    ++counters_.failed_messages;
    refusals_.refused(place.error().message);
  }
  sent->ticket->part_is_done(place.has_value());
}

Result<void> KafkaSink::health() const {
  if (stopping_) return fail(ErrorCode::kUnavailable, "the gateway is going away");
  if (!has_failed_) return refusals_.health();
  std::lock_guard lock(failure_mutex_);
  return fail(ErrorCode::kUnavailable, failure_);
}

}  // namespace handrail::kafka
