// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace handrail::gateway {

// What an offer says besides its message, in one language.
struct OfferWords {
  std::string_view language, title, body, accept, later, never;
};

// In that language ("de", "de-at"), else in English. `body` is for an offer without a message of its own.
const OfferWords& offer_words(std::string_view language);

}  // namespace handrail::gateway
