// SPDX-License-Identifier: Apache-2.0
#include "bodies.h"

#include <fmt/core.h>

#include <algorithm>

namespace handrail::bench {
namespace {

// Places in a template, each as wide as what replaces it.
constexpr std::string_view kVisitor = "VVVVVVVVVVVVVVVVVVVVVVVV";  // 24
constexpr std::string_view kNumber = "1111111119";                 // 10: no leading zero, as JSON wants it
constexpr std::string_view kTime = "1111111111119";                // 13
constexpr std::string_view kMono = "111111119";                    // 9
constexpr std::size_t kEventBytes = 413;
constexpr std::uint64_t kFirstNumber = 1'000'000'000;

std::vector<std::size_t> places_of(std::string_view text, std::string_view place) {
  std::vector<std::size_t> out;
  for (std::size_t at = text.find(place); at != std::string_view::npos; at = text.find(place, at + place.size()))
    out.push_back(at);
  return out;
}

void put_number(char* at, std::size_t width, std::uint64_t value) {
  for (std::size_t i = width; i-- > 0; value /= 10) at[i] = static_cast<char>('0' + value % 10);
}

std::string padded(std::string event, std::string_view before_end) {
  const std::size_t short_by = kEventBytes > event.size() + 11 ? kEventBytes - event.size() - 11 : 0;
  const std::size_t at = event.rfind(before_end);
  return event.insert(at, R"(,"note":")" + std::string(short_by, 'n') + "\"");
}

// What visitors do: most walk through a form; some leave fields invalid, some click in vain.
std::string data_of(int kind, int i) {
  if (i % 10 == 0) return R"({"path":"/loans/apply","template":"/loans/apply","navigation":"push","visible":true})";
  if (kind == 1 && i % 3 == 0)
    return R"({"key":"field:income","form":"form:loan","rule":"required","source":"native","when":"submit","empty":false})";
  if (kind == 2 || i % 4 == 1) {
    return fmt::format(
        R"({{"click":{},"key":"button:{}","role":"button","x":120,"y":340,"button":0,"modifiers":0,"trusted":true,"detail":1,"interactive":true,"pointer":"mouse","hint":"none","outcome":{{"afterMs":150,"kind":"{}"}}}})",
        i + 1, kind == 2 ? 1 : i, kind == 2 ? "none" : "mutation");
  }
  return fmt::format(
      R"({{"key":"field:f{}","form":"form:loan","phase":"blur","valid":true,"changed":true,"empty":false,"activeMs":2100,"keys":6}})",
      i % 7);
}

const char* type_of(int kind, int i) {
  if (i % 10 == 0) return "page";
  if (kind == 1 && i % 3 == 0) return "validation";
  return kind == 2 || i % 4 == 1 ? "click" : "field";
}

}  // namespace

std::string Requests::sdk_batch(int kind) const {
  std::string body = fmt::format(
      R"({{"v":1,"anonymousId":"{0}","sessionId":"s-{0}","tabId":"t-{0}","sentAt":{1},"events":[)", kVisitor, kTime);
  for (int i = 0; i < options_.batch; ++i) {
    if (i > 0) body += ',';
    body += padded(fmt::format(R"({{"seq":{},"eventType":"{}","timestamp":{},"mono":{},"eventData":{}}})", kNumber,
                               type_of(kind, i), kTime, kMono, data_of(kind, i)),
                   "}}");
  }
  return body + "]}";
}

std::string Requests::mission_batch() const {
  std::string body;
  for (int i = 0; i < options_.batch; ++i) {
    if (i > 0) body += ',';
    body += padded(
        fmt::format(
            R"({{"eventId":"e-{0}-{1}","eventType":"feature_interaction","userId":"{0}","sessionId":"s-{0}","timestamp":{2},"eventData":{{"feature":"loan-calculator","page":"/loans"}}}})",
            kVisitor, kNumber, kTime),
        "}}");
  }
  return options_.traffic == Traffic::kMissionSingle ? body : R"({"events":[)" + body + "]}";
}

Requests::Shape Requests::shape_of(const std::string& body, const std::string& path) {
  Shape shape;
  shape.text = fmt::format(
      "POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", path,
      body.size(), body);
  shape.visitors = places_of(shape.text, kVisitor);
  shape.times = places_of(shape.text, kTime);
  for (std::size_t at : shape.times) shape.text[at] = 'T';  // so that shorter places are not found in longer ones
  shape.numbers = places_of(shape.text, kNumber);
  for (std::size_t at : shape.numbers) shape.text[at] = 'N';
  std::erase_if(shape.numbers, [&](std::size_t at) {
    return std::any_of(shape.times.begin(), shape.times.end(),
                       [&](std::size_t t) { return at > t && at < t + kTime.size(); });
  });
  for (std::size_t at : places_of(shape.text, kMono)) {
    const auto within = [&](const std::vector<std::size_t>& places, std::size_t width) {
      return std::any_of(places.begin(), places.end(), [&](std::size_t p) { return at > p && at < p + width; });
    };
    if (!within(shape.times, kTime.size()) && !within(shape.numbers, kNumber.size())) shape.monos.push_back(at);
  }
  return shape;
}

Requests::Requests(const BodyOptions& options) : options_(options), sent_(options.visitors) {
  if (options_.traffic == Traffic::kMissionSingle) options_.batch = 1;
  switch (options_.traffic) {
    case Traffic::kSdkBatch:
      for (int kind : {0, 0, 0, 0, 0, 0, 1, 2}) shapes_.push_back(shape_of(sdk_batch(kind), "/h/e"));
      break;
    case Traffic::kMissionBatch:
      shapes_.push_back(shape_of(mission_batch(), "/api/events/track/batch"));
      break;
    case Traffic::kMissionSingle:
    case Traffic::kBare:
      shapes_.push_back(shape_of(mission_batch(), "/api/events/track"));
      break;
  }
}

std::string_view Requests::next(std::size_t lane, std::size_t lanes, std::int64_t now_ms) {
  if (turns_.size() < lanes) turns_.resize(lanes);
  const std::uint64_t own =
      std::max<std::uint64_t>(1, (options_.visitors - lane % options_.visitors + lanes - 1) / lanes);
  const std::uint64_t visitor = (lane + turns_[lane]++ % own * lanes) % options_.visitors;
  Shape& shape = shapes_[(visitor + options_.first_visitor) % shapes_.size()];
  char* text = shape.text.data();
  const std::string name = fmt::format("v{:08}-{:014}", options_.run % 100'000'000, options_.first_visitor + visitor);
  for (std::size_t at : shape.visitors) std::copy(name.begin(), name.end(), text + at);
  std::uint64_t number = kFirstNumber + std::uint64_t{sent_[visitor]} * static_cast<std::uint64_t>(options_.batch);
  for (std::size_t at : shape.numbers) put_number(text + at, kNumber.size(), number++);
  for (std::size_t at : shape.times) put_number(text + at, kTime.size(), static_cast<std::uint64_t>(now_ms));
  const std::uint64_t mono = 100'000'000 + std::uint64_t{sent_[visitor]} * 5000;
  for (std::size_t i = 0; i < shape.monos.size(); ++i) put_number(text + shape.monos[i], kMono.size(), mono + i * 90);
  ++sent_[visitor];
  return shape.text;
}

}  // namespace handrail::bench
