// SPDX-License-Identifier: Apache-2.0
#include "config/fields.h"

#include <charconv>

#include "base/url.h"

namespace handrail {

std::vector<ConfigField> fields_of(Config& c) {
  constexpr std::int64_t kMiB = 1LL << 20;
  constexpr std::int64_t kGiB = 1LL << 30;
  return {
      {"data", &c.data, 0, 4096, "folder of log and state"},
      {"server.listen", &c.server.listen, 0, 255,
       "address and port; any address but loopback demands keys and tokens; port 0 takes a free one"},
      {"server.hosts", &c.server.hosts, 0, 4096,
       "names that the server is called by, with commas; naming any demands keys and tokens"},
      {"server.trusted_proxies", &c.server.trusted_proxies, 0, 4096,
       "addresses and ranges, with commas, whose X-Forwarded-For and X-Forwarded-Proto are believed"},
      {"server.connections_max", &c.server.connections_max, 1, 1'000'000, "open connections; more are closed at once"},
      {"server.header_bytes_max", &c.server.header_bytes_max, 1024, kMiB, "of a request; more is answered 431"},
      {"server.body_bytes_max", &c.server.body_bytes_max, 1024, 8 * kMiB,
       "of a request, packed and unpacked; more is answered 413"},
      {"server.request_within_ms", &c.server.request_within_ms, 100, 600'000,
       "from a request's first byte to its last"},
      {"server.idle_within_ms", &c.server.idle_within_ms, 100, 3'600'000, "between two requests of a connection"},
      {"server.write_within_ms", &c.server.write_within_ms, 100, 600'000,
       "for a response, or a chunk of a stream, to be taken"},
      {"server.unready_ms", &c.server.unready_ms, 0, 600'000,
       "asked to end, /readyz says 503 for so long before the drain, for balancers that look at it; all else is "
       "served"},
      {"server.drain_ms", &c.server.drain_ms, 0, 600'000, "open requests may take this long at shutdown"},
      {"server.stream_waiting_bytes_max", &c.server.stream_waiting_bytes_max, 4096, 64 * kMiB,
       "unsent bytes of an event stream; beyond it the receiver is cut off"},
      {"server.heartbeat_ms", &c.server.heartbeat_ms, 100, 600'000, "between comments on a quiet event stream"},
      {"server.requests_per_second", &c.server.requests_per_second, 1, 10'000'000,
       "per address; more are answered 429"},
      {"server.inflight_bytes_max", &c.server.inflight_bytes_max, kMiB, 16 * kGiB,
       "bodies of event requests not yet answered; beyond it more are answered 503 before their body is read"},
      {"server.lateness_max_ms", &c.server.lateness_max_ms, 1, 60'000,
       "of the thread that reads requests; where it is later, a growing share of event requests is answered 503"},
      {"server.unsynced_age_max_ms", &c.server.unsynced_age_max_ms, 10, 60'000,
       "of the oldest event request that waits to be written; beyond it more are answered 503"},
      {"access.token_minutes", &c.access.token_minutes, 1, 1440, "a visitor's token is valid for"},
      {"access.sign_in_hours", &c.access.sign_in_hours, 1, 720, "signed in at the desk for"},
      {"access.failed_tries_max", &c.access.failed_tries_max, 1, 1'000'000,
       "unknown tokens of an address in a minute; then it is answered 429 for the rest of it"},
      {"intake.event_bytes_max", &c.intake.event_bytes_max, 256, kMiB, "of one event"},
      {"intake.single_bytes_max", &c.intake.single_bytes_max, 1024, 4 * kMiB, "of a request that holds one event"},
      {"intake.events_max", &c.intake.events_max, 1, 100'000, "of a batch"},
      {"intake.properties_max", &c.intake.properties_max, 1, 100'000, "members of one event, at every depth"},
      {"intake.oldest_ms", &c.intake.oldest_ms, 60'000, 365LL * kDay,
       "what happened longer ago is logged and listed, and not folded"},
      {"intake.visitor_bytes_max", &c.intake.visitor_bytes_max, 1024, kGiB,
       "of one visitor in flight, once half of server.inflight_bytes_max is taken; more are answered 503"},
      {"log.durability", &c.log.durability, 0, 16,
       "fsync: acknowledged when synced; relaxed: when written, synced with each checkpoint, so that a power loss may "
       "lose "
       "what was acknowledged since"},
      {"log.segment_bytes", &c.log.segment_bytes, kMiB, 4 * kGiB, "size of a segment file"},
      {"log.block_bytes_max", &c.log.block_bytes_max, 64 << 10, kGiB, "of one commit; must fit into a segment"},
      {"log.waiting_bytes_max", &c.log.waiting_bytes_max, 64 << 10, 4 * kGiB,
       "accepted and not yet written; beyond it requests are answered 503"},
      {"log.tail_bytes_max", &c.log.tail_bytes_max, kMiB, 4 * kGiB, "newest blocks kept in memory for readers"},
      {"log.retention_hours", &c.log.retention_hours, 24, 365LL * 24, "how long records are kept"},
      {"log.retention_bytes", &c.log.retention_bytes, 0, 1LL << 50,
       "of all segments; where there are more the oldest records go earlier; 0: no limit"},
      {"state.checkpoint_ms", &c.state.checkpoint_ms, 1, 10'000, "between two writes of changed state"},
      {"state.sync_ms", &c.state.sync_ms, 10, 600'000,
       "between two synced checkpoints; the log replays from the last one"},
      {"state.retention_days", &c.state.retention_days, 0, 3650,
       "a visitor not seen for so long is forgotten, where the site says nothing of its own; 0: never"},
      {"state.retention_every_s", &c.state.retention_every_s, 1, 86'400, "between two looks for such visitors"},
      {"state.visitors_open", &c.state.visitors_open, 1, 10'000'000,
       "per partition, ready to fold (about 7 kB each); twice as many at most"},
      {"state.visitors_in_memory", &c.state.visitors_in_memory, 1, 100'000'000,
       "per partition, at rest and packed (about 1 kB each); others come back from disk"},
      {"state.block_cache_bytes", &c.state.block_cache_bytes, kMiB, 64 * kGiB, "RocksDB's cache"},
      {"state.write_buffer_bytes", &c.state.write_buffer_bytes, kMiB, 4 * kGiB, "RocksDB's write buffer"},
      {"backup.folder", &c.backup.folder, 0, 4096, "where backups are kept; empty: \"backups\" in the data folder"},
      {"backup.keep", &c.backup.keep, 1, 1000, "so many; the oldest goes when another is made"},
      {"backup.snapshot_hours", &c.backup.snapshot_hours, 1, 168,
       "between two snapshots of the state, from which `replay --from` begins"},
      {"erasure.every_s", &c.erasure.every_s, 1, 86'400,
       "between two rounds that take erased visitors out of the files; they are gone from every answer at once"},
      {"engine.partitions", &c.engine.partitions, 1, 64, "worker threads; decisions are the same whatever the number"},
      {"engine.niceness", &c.engine.niceness, 0, 19,
       "of folding below acknowledging, as nice(1): what is sent is kept first when there is not enough CPU for both"},
      {"policy.qualify_risk", &c.policy.qualify_risk, 1, 100, "offer help on the rising edge of risk at or above this"},
      {"policy.qualify_struggle", &c.policy.qualify_struggle, 0, 100, "and struggle at or above this"},
      {"policy.rearm_risk", &c.policy.rearm_risk, 0, 100, "the edge may rise again after risk fell below this"},
      {"policy.persistent_risk", &c.policy.persistent_risk, 1, 100, "or: assessments at or above this"},
      {"policy.persistent_count", &c.policy.persistent_count, 1, 5, "so many of the newest five"},
      {"policy.offers_per_session", &c.policy.offers_per_session, 0, 100, "displayed offers"},
      {"policy.offers_per_day", &c.policy.offers_per_day, 0, 16, "displayed offers in 24 h"},
      {"policy.cooldown_s", &c.policy.cooldown_s, 0, 30LL * 86'400, "after any displayed offer"},
      {"policy.snooze_s", &c.policy.snooze_s, 0, 30LL * 86'400, "after \"Maybe later\""},
      {"policy.decline_s", &c.policy.decline_s, 0, 3650LL * 86'400, "after a dismissal"},
      {"policy.offer_lives_s", &c.policy.offer_lives_s, 1, 3600, "undisplayed"},
      {"policy.history_after_s", &c.policy.history_after_s, 1, 86'400,
       "what reached us later than this after it happened starts no offer"},
      {"policy.unanswered_after_s", &c.policy.unanswered_after_s, 5, 3600,
       "a waiting visitor is told that nobody answered"},
      {"policy.needs_agent", &c.policy.needs_agent, 0, 1, "offer only while someone is available at the desk"},
      {"policy.holdout_percent", &c.policy.holdout_percent, 0, 50,
       "of visitors, drawn once and for good, get no help, so that help can be compared with none"},
      {"policy.offer_budget_permille", &c.policy.offer_budget_permille, 1, 1000,
       "of journeys that a model's score may bring over qualify_risk; a model that would bring more is not promoted"},
      {"policy.journey_idle_s", &c.policy.journey_idle_s, 60, 7'776'000,
       "a journey without an event for so long is over; holds for journeys that begin after a change"},
      {"policy.journey_longest_s", &c.policy.journey_longest_s, 600, 31'536'000, "and after so long in any case"},
      {"models.retrain", &c.models.retrain, 1, 16,
       "of a live exit-risk model that drifts, is old or has seen much: never; propose trains another and tries it in "
       "the shadow; promote also puts it live where it is better on later journeys"},
      {"models.retrain_after_days", &c.models.retrain_after_days, 0, 3650,
       "since the live model was trained; 0: no age is too old"},
      {"models.retrain_after_outcomes", &c.models.retrain_after_outcomes, 0, 1'000'000'000,
       "of scored journeys that became known since the server's start; 0: no reason"},
      {"models.retrain_pause_hours", &c.models.retrain_pause_hours, 0, 8760, "between two such trainings of a site"},
      {"models.trial_days", &c.models.trial_days, 1, 365, "in the shadow; one not clearly better by then retires"},
      {"models.trial_journeys", &c.models.trial_journeys, 30, 2000, "with a known outcome; fewer say nothing"},
      {"models.look_every_s", &c.models.look_every_s, 1, 86'400, "between two looks for a reason to retrain"},
      {"stream.kind", &c.stream.kind, 1, 16,
       "where `handrail gateway` and `worker` have their streams: kinesis or kafka; `serve` has its own log"},
      {"kafka.brokers", &c.kafka.brokers, 1, 4096, "host:port, with commas"},
      {"kafka.properties", &c.kafka.properties, 0, 8192,
       "librdkafka's own, name=value with commas, or a line each: security.protocol, ssl.ca.location, sasl.mechanism, "
       "sasl.username, sasl.password and whatever else; better in HANDRAIL_KAFKA__PROPERTIES than on a command line",
       true},
      {"kafka.events_topic", &c.kafka.events_topic, 1, 249, "the topic that gateways fill"},
      {"kafka.outbox_topic", &c.kafka.outbox_topic, 1, 249, "the topic by which gateways hear what is decided"},
      {"kafka.group", &c.kafka.group, 1, 249, "of the workers"},
      {"kafka.partitions", &c.kafka.partitions, 1, 10'000, "of the events topic when it is made; never changed after"},
      {"kafka.replication", &c.kafka.replication, 1, 9,
       "of topics when they are made; one replica less must be in sync"},
      {"kafka.retention_hours", &c.kafka.retention_hours, 3, 365LL * 24,
       "of the events topic when it is made: the longest that workers may be away, and that an erased visitor's "
       "records "
       "stay in it"},
      {"kafka.session_ms", &c.kafka.session_ms, 1000, 300'000,
       "a worker not heard for so long loses its partitions to others"},
      {"kafka.waiting_bytes_max", &c.kafka.waiting_bytes_max, 64 << 10, 4 * kGiB,
       "accepted and not yet acknowledged by the brokers; beyond it requests are answered 503"},
      {"kafka.give_up_after_ms", &c.kafka.give_up_after_ms, 100, 600'000,
       "what the brokers do not take for so long is answered 503"},
      {"aws.region", &c.aws.region, 0, 64, "of Kinesis and DynamoDB; empty: that of AWS_REGION"},
      {"aws.kinesis_endpoint", &c.aws.kinesis_endpoint, 0, 1024,
       "another than AWS's own, such as http://127.0.0.1:4567; empty: AWS's of the region"},
      {"aws.dynamodb_endpoint", &c.aws.dynamodb_endpoint, 0, 1024, "the same; also ScyllaDB's Alternator"},
      {"kinesis.events_stream", &c.kinesis.events_stream, 1, 128, "the stream that gateways fill"},
      {"kinesis.outbox_stream", &c.kinesis.outbox_stream, 1, 128, "the stream by which gateways hear what is decided"},
      {"kinesis.lanes", &c.kinesis.lanes, 1, 64, "calls of a gateway under way at once; a visitor's one after another"},
      {"kinesis.waiting_bytes_max", &c.kinesis.waiting_bytes_max, 64 << 10, 4 * kGiB,
       "accepted and not yet taken by the stream; beyond it requests are answered 503"},
      {"kinesis.give_up_after_ms", &c.kinesis.give_up_after_ms, 100, 600'000,
       "what the stream does not take for so long is answered 503"},
      {"kinesis.read_every_ms", &c.kinesis.read_every_ms, 10, 60'000,
       "between two looks into the outbox stream; Kinesis allows five a second to all gateways together"},
      {"dynamodb.prefix", &c.dynamodb.prefix, 1, 128, "of the tables' names"},
      {"dynamodb.visitors_at_once", &c.dynamodb.visitors_at_once, 1, 256, "of a batch, folded beside each other"},
      {"dynamodb.kept_days", &c.dynamodb.kept_days, 1, 3650,
       "visitors not seen and rows not changed for so long are removed"},
      {"dynamodb.events_kept_days", &c.dynamodb.events_kept_days, 1, 3650, "records of visitors"},
      {"predictor.kind", &c.predictor.kind, 1, 16,
       "who says how likely a visitor is to leave: embedded (the site's model in this process), or sagemaker (an "
       "endpoint beside it; the embedded model counts where that says nothing)"},
      {"predictor.endpoint_name", &c.predictor.endpoint_name, 0, 63, "of the SageMaker endpoint"},
      {"predictor.target_variant", &c.predictor.target_variant, 0, 63,
       "of the endpoint's production variants; empty: as the endpoint shares them out"},
      {"predictor.region", &c.predictor.region, 0, 64, "of the endpoint; empty: aws.region, or that of AWS_REGION"},
      {"predictor.endpoint", &c.predictor.endpoint, 0, 1024,
       "another than AWS's own, such as a VPC's or http://127.0.0.1:8080; empty: AWS's of the region"},
      {"predictor.site", &c.predictor.site, 1, 128, "whose model the endpoint stands for"},
      {"predictor.model_version", &c.predictor.model_version, 0, 1'000'000'000,
       "of that model; 0: whichever serves, so that every one must have the columns that the endpoint takes"},
      {"predictor.deadline_ms", &c.predictor.deadline_ms, 10, 60'000,
       "an answer that takes longer counts as none; decisions never wait for it"},
      {"predictor.in_flight", &c.predictor.in_flight, 1, 64, "questions under way at once, each on a thread"},
      {"predictor.queue", &c.predictor.queue, 1, 1'000'000,
       "journeys that wait to be asked about; beyond it the oldest is dropped"},
      {"predictor.min_interval_ms", &c.predictor.min_interval_ms, 0, 60'000,
       "between two questions about one journey; the newest row is asked about"},
      {"predictor.open_ms", &c.predictor.open_ms, 100, 600'000,
       "nothing is asked for so long after five failures in a row, or more than ten of the newest twenty; doubles "
       "while "
       "the endpoint stays away"},
      {"predictor.open_max_ms", &c.predictor.open_max_ms, 100, 3'600'000, "and no longer than this"},
      {"analyst.kind", &c.analyst.kind, 1, 16,
       "who reads hard cases: builtin (in this process), bedrock (Amazon Bedrock's Converse) or openai (any server "
       "with "
       "that API: llama.cpp, vLLM, Ollama); the built-in's account stands where another says nothing"},
      {"analyst.model", &c.analyst.model, 0, 256,
       "of the provider; empty: amazon.nova-micro-v1:0 on Bedrock, elsewhere the server's only one"},
      {"analyst.region", &c.analyst.region, 0, 64, "of Bedrock; empty: aws.region, or that of AWS_REGION"},
      {"analyst.url", &c.analyst.url, 0, 1024,
       "of the API, up to its version: http://127.0.0.1:8000/v1; for Bedrock another endpoint than AWS's own"},
      {"analyst.api_key", &c.analyst.api_key, 0, 4096,
       "sent as a bearer token; empty: AWS_BEARER_TOKEN_BEDROCK's on Bedrock, else requests are signed with AWS "
       "credentials; elsewhere none is sent",
       true},
      {"analyst.max_tokens", &c.analyst.max_tokens, 64, 8192, "of an answer"},
      {"analyst.deadline_ms", &c.analyst.deadline_ms, 100, 120'000,
       "an answer that takes longer counts as none; decisions never wait for it"},
      {"analyst.in_flight", &c.analyst.in_flight, 1, 64, "questions under way at once, each on a thread"},
      {"analyst.queue", &c.analyst.queue, 1, 1'000'000, "journeys that wait; beyond it the oldest is dropped"},
      {"analyst.per_minute", &c.analyst.per_minute, 1, 1'000'000, "questions; more are not asked"},
      {"analyst.cents_per_day", &c.analyst.cents_per_day, 0, 100'000'000,
       "US cents by analyst.prices, from midnight UTC or the start on; then nothing more is asked; 0: no limit"},
      {"analyst.prices", &c.analyst.prices, 0, 4096,
       "US dollars for a million tokens, read and written: MODEL=INPUT/OUTPUT, with commas; others cost nothing"},
      {"analyst.cache_entries", &c.analyst.cache_entries, 0, 1'000'000,
       "answers kept for journeys that read alike; the oldest goes first"},
      {"analyst.cache_s", &c.analyst.cache_s, 1, 86'400, "an answer is told again for so long"},
      {"analyst.open_ms", &c.analyst.open_ms, 100, 600'000,
       "nothing is asked for so long after five failures in a row, or more than ten of the newest twenty; doubles "
       "while "
       "the provider stays away"},
      {"analyst.open_max_ms", &c.analyst.open_max_ms, 100, 3'600'000, "and no longer than this"},
  };
}

std::string ConfigField::toml() const {
  if (is_secret && !text().empty()) return "# " + name + " is set, and not shown";
  const bool is_quoted = std::holds_alternative<std::string*>(value);
  return name + " = " + (is_quoted ? "\"" + without_login(text()) + "\"" : text());
}

std::string ConfigField::text() const {
  if (auto* const* integer = std::get_if<std::int64_t*>(&value)) return std::to_string(**integer);
  if (auto* const* flag = std::get_if<bool*>(&value)) return **flag ? "true" : "false";
  return *std::get<std::string*>(value);
}

std::string ConfigField::environment_name() const {
  std::string out = "HANDRAIL_";
  for (char c : name) {
    if (c == '.') {
      out += "__";
    } else {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
  }
  return out;
}

Result<void> ConfigField::set(std::string_view given) const {
  const auto wrong = [&](const std::string& wanted) {
    const std::string shown = is_secret ? std::string{} : ", not \"" + without_login(given) + "\"";
    return fail(ErrorCode::kInvalidArgument, name + ": " + wanted + shown, name);
  };
  if (auto* const* flag = std::get_if<bool*>(&value)) {
    if (given != "true" && given != "false") return wrong("must be true or false");
    **flag = given == "true";
    return {};
  }
  if (auto* const* string = std::get_if<std::string*>(&value)) {
    const bool may_be_empty = (*string)->empty();  // by default
    if ((given.empty() && !may_be_empty) || given.size() > static_cast<std::size_t>(high))
      return wrong("must have " + std::string(may_be_empty ? "at most " : "1 to ") + std::to_string(high) +
                   " characters");
    **string = given;
    return {};
  }
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (ec != std::errc{} || end != given.data() + given.size()) return wrong("must be a whole number");
  if (number < low || number > high)
    return wrong("must be between " + std::to_string(low) + " and " + std::to_string(high));
  *std::get<std::int64_t*>(value) = number;
  return {};
}

}  // namespace handrail
