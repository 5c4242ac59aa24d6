// SPDX-License-Identifier: Apache-2.0
#include "adapters/common/block_codec.h"

#include <doctest/doctest.h>

#include "base/packed.h"
#include "tests/support/records.h"

using namespace handrail;
using namespace handrail::test;

TEST_CASE("records and news come out of a message as they went in") {
  Visit a("a");
  const std::vector<Record> records{a.page(0), a.struggle(5, 3)};
  const auto bytes = records_in(block_of(records));
  REQUIRE(bytes);
  REQUIRE(bytes->size() == 2);
  for (std::size_t i = 0; i < 2; ++i) CHECK((*bytes)[i] == encode(records[i]));

  Intervention offer;
  offer.site = "shop";
  ChatMessage line;
  line.text = "hello";
  Conversation talk;
  talk.agent = "Maya";
  const std::vector<Publication> news{{a.key(), InterventionNews{offer, 7}},
                                      {a.key(), ChatNews{"shop", line}},
                                      {a.key(), ConversationNews{talk}},
                                      {VisitorKey{}, ControlNews{}}};
  const auto heard = news_in(message_of(news));
  REQUIRE(heard);
  REQUIRE(heard->size() == 3);  // control entries do not travel
  CHECK(std::get<InterventionNews>((*heard)[0].news).received_at == 7);
  CHECK(std::get<ChatNews>((*heard)[1].news).message.text == "hello");
  CHECK(std::get<ConversationNews>((*heard)[2].news).conversation.agent == "Maya");
  CHECK((*heard)[2].visitor == a.key());
}

TEST_CASE("damaged and newer messages are refused by name") {
  Visit a("a");
  const std::vector<Record> records{a.page(0), a.page(1)};
  const std::string block = block_of(records);
  for (std::size_t size = 0; size < block.size(); ++size) CHECK_FALSE(records_in(block.substr(0, size)));
  std::string newer = block;
  newer[0] = static_cast<char>(kBlockFormat + 1);
  CHECK(records_in(newer).error().message.find("format 2") != std::string::npos);
  CHECK_FALSE(news_in(""));
}

TEST_CASE("bytes come out of their packed form, whole or not at all") {
  const std::string bytes(100'000, 'a');
  const std::string packed = packed_bytes(bytes);
  CHECK(packed.size() < 1000);
  CHECK(unpacked_bytes(packed, bytes.size()) == bytes);
  CHECK(unpacked_bytes(packed_bytes(""), 0) == "");
  CHECK_FALSE(unpacked_bytes(packed, bytes.size() - 1));
  CHECK_FALSE(unpacked_bytes(packed.substr(0, packed.size() - 1), bytes.size()));
  CHECK_FALSE(unpacked_bytes("abc", 100));
}
