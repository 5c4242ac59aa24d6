// SPDX-License-Identifier: Apache-2.0
#include "gateway/offer_words.h"

#include <algorithm>
#include <array>

namespace handrail::gateway {
namespace {

constexpr std::array<OfferWords, 3> kWords = {{
    {"en", "Need help?", "We noticed you might be having some difficulty. Would you like to chat with a live agent?",
     "Start Live Chat", "Maybe later", "Don't show again"},
    {"de", "Brauchen Sie Hilfe?", "Es scheint gerade schwierig zu sein. Möchten Sie mit jemandem von uns chatten?",
     "Chat beginnen", "Vielleicht später", "Nicht mehr zeigen"},
    {"es", "¿Necesita ayuda?", "Parece que algo le está costando. ¿Quiere chatear con una persona de nuestro equipo?",
     "Iniciar chat", "Quizá más tarde", "No volver a mostrar"},
}};

}  // namespace

const OfferWords& offer_words(std::string_view language) {
  const auto found = std::ranges::find(kWords, language.substr(0, language.find('-')), &OfferWords::language);
  return found == kWords.end() ? kWords.front() : *found;
}

}  // namespace handrail::gateway
