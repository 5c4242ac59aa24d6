// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/block_codec.h"

#include "base/archive.h"
#include "base/encoding.h"

namespace handrail {

template <class A>
void fields(A& a, InterventionNews& n) {
  a(n.intervention, n.received_at);
}
template <class A>
void fields(A& a, ChatNews& n) {
  a(n.site, n.message);
}
template <class A>
void fields(A& a, ConversationNews& n) {
  a(n.conversation);
}

namespace {

enum class NewsKind : std::uint8_t { kIntervention, kChat, kConversation };
constexpr std::uint64_t enum_end(NewsKind) { return 3; }

struct StoredNews {
  VisitorKey visitor;
  NewsKind kind = NewsKind::kIntervention;
  std::string body;
};
template <class A>
void fields(A& a, StoredNews& n) {
  a(n.visitor, n.kind, n.body);
}

std::string with_format(std::uint8_t format, const std::string& body) {
  return std::string(1, static_cast<char>(format)) + body;
}

// The content behind the format byte.
template <class T>
Result<std::vector<T>> content(std::string_view bytes, std::uint8_t newest, const char* what) {
  if (bytes.empty()) return fail(ErrorCode::kCorrupt, std::string("an empty ") + what);
  const auto format = static_cast<std::uint8_t>(bytes.front());
  if (format == 0 || format > newest) {
    return fail(ErrorCode::kCorrupt, std::string("a ") + what + " of format " + std::to_string(format) +
                                         ", which this program does not know (it reads up to " +
                                         std::to_string(newest) + ")");
  }
  auto items = unarchived<std::vector<T>>(bytes.substr(1));
  if (!items) return fail(ErrorCode::kCorrupt, std::string("a damaged ") + what);
  return std::move(*items);
}

template <class News>
std::optional<Publication> as_news(const StoredNews& stored, std::uint8_t version) {
  auto news = unarchived<News>(stored.body, version);
  if (!news) return std::nullopt;
  return Publication{stored.visitor, std::move(*news)};
}

std::optional<Publication> taken_out(const StoredNews& stored, std::uint8_t version) {
  switch (stored.kind) {
    case NewsKind::kIntervention:
      return as_news<InterventionNews>(stored, version);
    case NewsKind::kChat:
      return as_news<ChatNews>(stored, version);
    case NewsKind::kConversation:
      return as_news<ConversationNews>(stored, version);
  }
  return std::nullopt;
}

std::optional<StoredNews> stored(const Publication& p) {
  if (const auto* offer = std::get_if<InterventionNews>(&p.news))
    return StoredNews{p.visitor, NewsKind::kIntervention, archived(*offer)};
  if (const auto* chat = std::get_if<ChatNews>(&p.news)) return StoredNews{p.visitor, NewsKind::kChat, archived(*chat)};
  if (const auto* talk = std::get_if<ConversationNews>(&p.news))
    return StoredNews{p.visitor, NewsKind::kConversation, archived(*talk)};
  return std::nullopt;
}

}  // namespace

std::string block_of(std::span<const core::Record> records) {
  std::vector<std::string> encoded;
  encoded.reserve(records.size());
  for (const core::Record& record : records) encoded.push_back(core::encode(record));
  return with_format(kBlockFormat, archived(encoded));
}

Result<std::vector<std::string>> records_in(std::string_view block) {
  return content<std::string>(block, kBlockFormat, "block of records");
}

StreamBlock delivered_block(std::string sequence, std::string_view key, UnixMillis arrived_at, std::string_view data) {
  StreamBlock block;
  block.sequence = std::move(sequence);
  block.arrived_at = arrived_at;
  if (const auto id = Id128::parse(key)) block.visitor = VisitorKey{*id};
  auto message = from_base64(data);
  block.records = message ? records_in(*message) : fail(ErrorCode::kCorrupt, "a record's data is no base64");
  if (!block.records || block.visitor.is_zero()) block.raw = message ? std::move(*message) : std::string(data);
  return block;
}

std::string message_of(std::span<const Publication> news) {
  std::vector<StoredNews> items;
  for (const Publication& publication : news) {
    if (auto item = stored(publication)) items.push_back(std::move(*item));
  }
  return with_format(kNewsFormat, archived(items));
}

Result<std::vector<Publication>> news_in(std::string_view message) {
  auto items = content<StoredNews>(message, kNewsFormat, "message of news");
  if (!items) return pass_on(items);
  std::vector<Publication> news;
  for (const StoredNews& item : *items) {
    auto publication = taken_out(item, static_cast<std::uint8_t>(message.front()));
    if (!publication) return fail(ErrorCode::kCorrupt, "a damaged message of news");
    news.push_back(std::move(*publication));
  }
  return news;
}

}  // namespace handrail
