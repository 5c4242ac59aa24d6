// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <fstream>
#include <sstream>

#include "base/check.h"
#include "config/load.h"
#include "gateway/codec/intake.h"
#include "gateway/gzip.h"
#include "gateway/http.h"
#include "tests/fuzz/targets.h"
#include "tests/support/folder.h"
#include "tests/support/memory_file.h"

namespace handrail::fuzz {
namespace {

using gateway::Intake;

Result<Intake> sdk_batch(std::string_view input) {
  std::string body(input);
  return gateway::read_sdk_batch(body, gateway::arrival_of("", test::kStart * 1000), {});
}

// What was taken can be stored, and is the same when it comes back.
void check_stored(const Intake& intake) {
  check(intake.rejected <= intake.results.size(), "what was rejected is told");
  for (const core::Record& record : intake.records) {
    const std::string bytes = core::encode(record);
    const auto back = core::decode_record(bytes);
    check(back.has_value(), "a record that was taken can be read back");
    check(core::encode(*back) == bytes, "and is the same");
  }
}

}  // namespace

void run_sdk_batch(std::string_view input) {
  if (const auto intake = sdk_batch(input)) check_stored(*intake);
}

void run_mission(std::string_view input) {
  const auto arrival = gateway::arrival_of("", test::kStart * 1000);
  std::string body(input);
  if (const auto intake = gateway::read_mission_event(body, arrival, {})) check_stored(*intake);
  body = input;
  if (const auto intake = gateway::read_mission_batch(body, arrival, {})) check_stored(*intake);
}

void run_fold(std::string_view input) {
  const auto intake = sdk_batch(input);
  if (!intake) return;
  test::Folder folder;
  for (const core::Record& record : intake->records) folder(record);
  const int struggle = folder.struggle_at(test::kStart);
  check(struggle >= 0 && struggle <= 100, "struggle is between 0 and 100");
  for (const core::Decision& decision : folder.decisions) check(decision.risk <= 100, "risk is at most 100");
}

void run_gzip(std::string_view input) {
  static constexpr std::size_t kBytesMax = 1 << 16;
  if (const auto plain = gateway::gunzip(input, kBytesMax)) check(plain->size() <= kBytesMax, "the limit holds");
}

void run_http_target(std::string_view input) {
  check(gateway::percent_decoded(input).size() <= input.size(), "decoding does not grow");
  gateway::HttpRequest request;
  request.query = input;
  for (const char* name : {"limit", "before", "anonymousId", ""}) {
    if (const auto value = request.param(name)) check(value->size() <= input.size(), "decoding does not grow");
  }
  if (const auto id = Id128::parse(input)) check(Id128::parse(id->hex()) == id, "an id is the one it is written as");
}

void run_config(std::string_view input) {
  const test::MemoryFile file(input);
  ConfigSources sources;
  sources.file = file.path();
  const LoadedConfig loaded = load_config(sources);
  if (!loaded.faults.empty()) return;
  check(loaded.config.policy.rearm_risk < loaded.config.policy.qualify_risk, "a sound one does not contradict itself");
}

std::vector<std::string> batch_seeds() {
  std::vector<std::string> seeds;
  std::ifstream vectors(HANDRAIL_VECTORS "/batches.json");
  std::string line, text((std::istreambuf_iterator<char>(vectors)), {});
  // The bodies, by their braces: no string in the vectors holds an unbalanced one.
  for (std::size_t at = text.find("\"body\""); at != std::string::npos; at = text.find("\"body\"", at)) {
    at = text.find('{', at);
    if (at == std::string::npos) break;
    int depth = 0;
    std::size_t end = at;
    do {
      depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
    } while (++end < text.size() && depth > 0);
    seeds.push_back(text.substr(at, end - at));
    at = end;
  }
  return seeds;
}

std::vector<std::string> mission_seeds() {
  const std::string event =
      R"({"eventId":"e1","eventType":"struggle_signal","userId":"u1","sessionId":"s1","timestamp":1800000000000,)"
      R"("eventData":{"feature":"loan-calculator","attemptCount":3}})";
  return {event, R"({"events":[)" + event + "," + event + "]}"};
}

std::vector<std::string> gzip_seeds() {
  std::vector<std::string> seeds;
  for (const std::string& plain : {std::string("{}"), std::string(3000, 'x')}) {
    std::string packed(4096, '\0');
    z_stream stream{};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    seeds.push_back(packed);
  }
  return seeds;
}

std::vector<std::string> http_target_seeds() {
  return {"limit=50&before=%20a+b&anonymousId=%C3%A9", "a%2", "0123456789abcdef0123456789abcdef", "=&&=x&limit"};
}

std::vector<std::string> config_seeds() {
  return {"[policy]\nqualify_risk = 80\nneeds_agent = true\n[log]\ndurability = \"relaxed\"\n",
          "data = 'x'\nserver.listen = \"127.0.0.1:0\"\n[[a]]\nb = 1979-05-27T07:32:00Z\n"};
}

}  // namespace handrail::fuzz
