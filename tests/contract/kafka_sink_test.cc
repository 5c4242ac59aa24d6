// SPDX-License-Identifier: Apache-2.0
#include "adapters/kafka/kafka_sink.h"

#include <doctest/doctest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <future>

#include "adapters/kafka/topics.h"
#include "adapters/system/system_clock.h"
#include "tests/support/records.h"

// Against the brokers that librdkafka itself plays.
using namespace handrail;
using namespace handrail::test;

namespace {

constexpr int kProduceRequest = 0;  // Kafka's own number

class MockedSink {
 public:
  MockedSink() {
    kafka::KafkaSinkOptions options;
    options.topic = "events";
    options.failed = [this](const Error& why) { failed_.set_value(why); };
    auto sink = kafka::KafkaSink::open({"mock", {{"test.mock.num.brokers", "3"}}}, options, clock_);
    REQUIRE(sink);
    sink_ = std::move(*sink);
    REQUIRE(kafka::ensure_topic(sink_->handle(), {"events", 4, 3, {}}, 30 * kSecond));
  }

  Result<Receipt> append(const Record& record) {
    auto told = std::make_shared<std::promise<Result<Receipt>>>();
    sink_->append({record}, [told](Result<Receipt> receipt) { told->set_value(std::move(receipt)); });
    return told->get_future().get();
  }
  void answer_next_with(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(rd_kafka_handle_mock_cluster(sink_->handle()), kProduceRequest, 1, error);
  }
  void fail_for_good() {
    rd_kafka_test_fatal_error(sink_->handle(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "lost its place");
  }
  Error failure() { return failed_.get_future().get(); }
  kafka::KafkaSink& sink() { return *sink_; }

 private:
  SystemClock clock_;
  std::promise<Error> failed_;
  std::unique_ptr<kafka::KafkaSink> sink_;
};

}  // namespace

TEST_CASE("kafka sink: a producer that lost its place says so once, takes nothing more, and is not well") {
  Visit a("a");
  MockedSink mocked;
  REQUIRE(mocked.append(a.page(0)));
  REQUIRE(mocked.sink().health());
  mocked.fail_for_good();
  CHECK(mocked.failure().message.find("lost its place") != std::string::npos);
  const auto health = mocked.sink().health();
  REQUIRE_FALSE(health);
  CHECK(health.error().message.find("lost its place") != std::string::npos);
  CHECK_FALSE(mocked.append(a.page(1)));
  CHECK(mocked.sink().counters().refused_appends == 1);
}

// So the brokers answer a batch whose number is below those they remember: they have had it, or one of that number.
TEST_CASE("kafka sink: what brokers are only believed to have is not acknowledged") {
  Visit a("a");
  MockedSink mocked;
  REQUIRE(mocked.append(a.page(0)));
  mocked.answer_next_with(RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER);
  CHECK_FALSE(mocked.append(a.page(1)));
  CHECK(mocked.append(a.page(2)));
  CHECK(std::stoll(mocked.sink().newest_of(a.key())) >= 0);
  CHECK(mocked.sink().counters().failed_messages == 1);
}
