// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "core/analysis/grounding.h"

// Whether words for a visitor may be shown: checks that a machine can make, in the languages that the product speaks.
namespace handrail::core {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (static_cast<unsigned char>(c) & 0x80) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Lower case of ASCII and of the Latin letters U+00C0 to U+00DE; others stay.
std::string lower(std::string_view text) {
  std::string out{text};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    const auto before = i > 0 ? static_cast<unsigned char>(out[i - 1]) : 0;
    if (byte >= 'A' && byte <= 'Z') out[i] = static_cast<char>(byte + 0x20);
    if (before == 0xc3 && byte >= 0x80 && byte <= 0x9e && byte != 0x97) out[i] = static_cast<char>(byte + 0x20);
  }
  return out;
}

// Whether a word of the text begins with it: "discount" is in "discounts" and not in "rediscounted".
bool has_word(std::string_view text, std::string_view beginning) {
  for (auto at = text.find(beginning); at != std::string_view::npos; at = text.find(beginning, at + 1))
    if (at == 0 || !(is_letter(text[at - 1]) || is_digit(text[at - 1]))) return true;
  return false;
}

bool has_any(std::string_view text, std::span<const std::string_view> beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view one) { return has_word(text, one); });
}

bool has_control(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const std::string_view rest = text.substr(i);
    if (byte == 0xc2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xa0) return true;  // C1
    // U+200B-200F, 2028-202E, 2060-206F; the byte order mark; tags beyond the basic plane
    if (rest.starts_with("\xe2\x80") && rest.size() > 2) {
      const auto last = static_cast<unsigned char>(rest[2]);
      if ((last >= 0x8b && last <= 0x8f) || (last >= 0xa8 && last <= 0xae)) return true;
    }
    if (rest.starts_with("\xe2\x81") && rest.size() > 2 && static_cast<unsigned char>(rest[2]) >= 0xa0) return true;
    if (rest.starts_with("\xef\xbb\xbf") || rest.starts_with("\xf3\xa0")) return true;
  }
  return false;
}

// "example.com": a dot between two letters or digits that no space follows.
bool has_domain(std::string_view text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const auto is_inside = [](char c) { return is_letter(c) || is_digit(c); };
    if (text[i] == '.' && is_inside(text[i - 1]) && is_letter(text[i + 1])) return true;
  }
  return false;
}

bool has_address(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kMarks = {"http", "www", "://", "@"};
  return has_domain(text) ||
         std::ranges::any_of(kMarks, [&](std::string_view mark) { return text.find(mark) != std::string_view::npos; });
}

struct NumberWord {
  std::string_view word;
  std::int64_t value;
};
// "One" is too often no number.
constexpr std::array<NumberWord, 27> kNumberWords = {
    {{"two", 2},    {"three", 3}, {"four", 4},  {"five", 5},  {"six", 6},   {"seven", 7}, {"eight", 8},
     {"nine", 9},   {"ten", 10},  {"zwei", 2},  {"drei", 3},  {"vier", 4},  {"fünf", 5},  {"sechs", 6},
     {"sieben", 7}, {"acht", 8},  {"neun", 9},  {"zehn", 10}, {"dos", 2},   {"tres", 3},  {"cuatro", 4},
     {"cinco", 5},  {"seis", 6},  {"siete", 7}, {"ocho", 8},  {"nueve", 9}, {"diez", 10}}};

bool is_in(const Digest& digest, std::int64_t value) {
  return std::ranges::any_of(digest.facts, [&](const DigestFact& fact) { return fact.value == value; });
}

bool has_false_digits(std::string_view text, const Digest& digest) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_digit(text[i])) continue;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), value);
    if (error != std::errc{} || !is_in(digest, value)) return true;
    i = static_cast<std::size_t>(end - text.data()) - 1;
  }
  return false;
}

// Whole words: "acht" is a number, "achten" is not.
bool has_false_number_word(std::string_view text, const Digest& digest) {
  for (std::size_t begin = 0; begin < text.size();) {
    if (!is_letter(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && is_letter(text[end])) ++end;
    const auto known = std::ranges::find(kNumberWords, text.substr(begin, end - begin), &NumberWord::word);
    if (known != kNumberWords.end() && !is_in(digest, known->value)) return true;
    begin = end;
  }
  return false;
}

constexpr std::array<std::string_view, 22> kPromises = {
    "discount", "refund",   "guarantee", "promis",     "cashback",  "voucher",   "coupon", "for free",
    "free of",  "rabatt",   "erstatt",   "garanti",    "gutschein", "kostenlos", "gratis", "verspr",
    "descuent", "reembols", "garantí",   "prometemos", "cupón",     "sin coste"};

constexpr std::array<std::string_view, 21> kAchieved = {
    "thank",   "congrat",      "purchas",     "bought",  "your order", "paid",     "approved",
    "success", "welcome back", "danke",       "dank",    "glückw",     "gekauft",  "ihre bestell",
    "bezahlt", "genehmigt",    "erfolgreich", "gracias", "felicid",    "comprado", "su pedido"};

WordsFault promise_or_claim(std::string_view text, const Digest& digest) {
  if (has_any(text, kPromises) || text.find_first_of("$%") != std::string_view::npos ||
      text.find("€") != std::string_view::npos || text.find("£") != std::string_view::npos)
    return WordsFault::kPromise;
  const bool is_achieved = digest.value_of(FactName::kGoalReached).value_or(0) > 0;
  return !is_achieved && has_any(text, kAchieved) ? WordsFault::kClaim : WordsFault::kNone;
}

}  // namespace

std::string_view name_of(WordsFault fault) {
  static constexpr std::array<std::string_view, kWordsFaults> kNames = {"none",    "empty",   "too_long", "control",
                                                                        "markup",  "address", "number",   "forbidden",
                                                                        "promise", "claim",   "unknown"};
  return kNames[static_cast<std::size_t>(fault)];
}

WordsFault plain_fault_of(std::string_view words, const AnalystRules& rules) {
  if (words.find_first_not_of(' ') == std::string_view::npos) return WordsFault::kEmpty;
  if (has_control(words)) return WordsFault::kControl;
  if (words.find_first_of("<>{}[]`|\\_*#~^=") != std::string_view::npos) return WordsFault::kMarkup;
  const std::string text = lower(words);
  if (has_address(text)) return WordsFault::kAddress;
  for (const std::string& word : rules.forbidden)
    if (!word.empty() && has_word(text, lower(word))) return WordsFault::kForbidden;
  return WordsFault::kNone;
}

WordsFault fault_of(std::string_view message, const Digest& digest, const AnalystRules& rules) {
  if (message.size() > AnalystRules::kMessageBytes) return WordsFault::kTooLong;
  if (const WordsFault fault = plain_fault_of(message, rules); fault != WordsFault::kNone) return fault;
  const std::string text = lower(message);
  if (const WordsFault fault = promise_or_claim(text, digest); fault != WordsFault::kNone) return fault;
  if (has_false_digits(text, digest) || has_false_number_word(text, digest)) return WordsFault::kNumber;
  return WordsFault::kNone;
}

}  // namespace handrail::core
