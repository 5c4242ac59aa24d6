// SPDX-License-Identifier: Apache-2.0
#include "core/analysis/sentences.h"

#include <algorithm>
#include <array>

namespace handrail::core {
namespace {

// A number goes where # stands; a part in [one|many] has a form for 1 and one for all others.
struct Language {
  std::string_view tag;
  std::array<std::string_view, kInsightCodes> insights;  // in the order of InsightCode
  std::string_view disclosure;
};

constexpr std::array<Language, 3> kLanguages = {{
    {"en",
     {"[# submit|# submits] failed", "# attempts at the same feature", "clicked [one place|# places] again and again",
      "clicks in [one place|# places] did nothing", "# inputs were refused",
      "[# click|# clicks] ended in a script error", "moved to leave the page", "the model expects an exit: # of 100",
      "went back to earlier pages # times", "put the page aside # times", "paused for # s", "no progress so far",
      "# % of the way to the goal is done", "# marks of progress", "reached the goal",
      "came back: [# earlier journey|# earlier journeys]", "just arrived"},
     "Worded by an AI from how this page is used, not from what you type."},
    {"de",
     {"[# Absenden|# Absendeversuche] fehlgeschlagen", "# Versuche an derselben Funktion",
      "[eine Stelle|# Stellen] immer wieder angeklickt", "Klicks an [einer Stelle|# Stellen] ohne Wirkung",
      "# Eingaben abgelehnt", "[# Klick endete|# Klicks endeten] in einem Skriptfehler",
      "im Begriff, die Seite zu verlassen", "das Modell erwartet einen Abbruch: # von 100",
      "#-mal zu früheren Seiten zurückgekehrt", "die Seite #-mal beiseitegelegt", "Pause von # s",
      "bisher kein Fortschritt", "# % des Weges zum Ziel sind geschafft", "# Zeichen von Fortschritt",
      "das Ziel erreicht", "kehrt wieder: [# früherer Besuch|# frühere Besuche]", "gerade angekommen"},
     "Von einer KI formuliert, aus der Nutzung dieser Seite und nicht aus Ihren Eingaben."},
    {"es",
     {"[# envío fallido|# envíos fallidos]", "# intentos con la misma función",
      "[un lugar pulsado|# lugares pulsados] una y otra vez", "clics sin efecto en [un lugar|# lugares]",
      "# datos rechazados", "[# clic terminó|# clics terminaron] en un error de script",
      "a punto de salir de la página", "el modelo espera un abandono: # de 100", "volvió # veces a páginas anteriores",
      "dejó la página a un lado # veces", "pausa de # s", "sin avance por ahora",
      "recorrido el # % del camino a la meta", "# señales de avance", "meta alcanzada",
      "vuelve: [# visita anterior|# visitas anteriores]", "acaba de llegar"},
     "Redactado por una IA a partir del uso de esta página, no de lo que usted escribe."},
}};

std::string_view base_of(std::string_view tag) { return tag.substr(0, tag.find('-')); }

const Language& language_of(std::string_view tag) {
  const std::string_view base = base_of(tag);
  const auto found = std::ranges::find(kLanguages, base, &Language::tag);
  return found == kLanguages.end() ? kLanguages.front() : *found;
}

// "[one|many]" becomes one of the two.
std::string in_number(std::string_view form, bool is_one) {
  std::string out;
  while (!form.empty()) {
    const auto open = form.find('[');
    out += form.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto bar = form.find('|', open);
    const auto close = form.find(']', bar);
    out += is_one ? form.substr(open + 1, bar - open - 1) : form.substr(bar + 1, close - bar - 1);
    form.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace

bool speaks(std::string_view language) { return base_of(language) == language_of(language).tag; }

std::string sentence_of(const Insight& insight, std::string_view language) {
  const std::string_view form = language_of(language).insights[static_cast<std::size_t>(insight.code)];
  std::string sentence = in_number(form, insight.value == 1);
  if (const auto place = sentence.find('#'); place != std::string::npos)
    sentence.replace(place, 1, std::to_string(insight.value));
  return sentence;
}

std::string_view disclosure_in(std::string_view language) { return language_of(language).disclosure; }

}  // namespace handrail::core
