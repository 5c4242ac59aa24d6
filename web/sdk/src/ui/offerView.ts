// SPDX-License-Identifier: MIT
import type { Offer, OfferAnswer } from "../domain/offer";
import { button, ICONS, iconButton, make } from "./dom";
import { WORDS } from "./words";

/** Says who is there, and only when somebody is. */
export function presence(name: string): HTMLElement {
  const face = make("span", { class: "face", "aria-hidden": "true" }, (name[0] || "").toUpperCase());
  return make("div", { class: "here" }, face, make("span", { class: "dot" }, WORDS.isHere(name)));
}

/** The content of an offer. */
export function offerView(offer: Offer, answer: (answer: OfferAnswer, body: object) => void): Node[] {
  const { title, body, accept, later, never, disclosure } = { ...WORDS, ...offer.strings };
  const close = iconButton(ICONS.close, WORDS.close, () => answer("dismissed", {}));
  close.classList.add("corner");
  const said: Record<string, string> = offer.bodyLanguage ? { lang: offer.bodyLanguage } : {};
  return [
    ...(offer.agent ? [presence(offer.agent)] : []),
    make("h2", { id: "title" }, title),
    make("p", { id: "body", class: "body", ...said }, body),
    ...(disclosure ? [make("p", { id: "disclosure", class: "small", ...said }, disclosure)] : []),
    make(
      "div",
      { class: "acts" },
      button("primary", accept, () => answer("accepted", {})),
      button("quiet", later, () => answer("snoozed", {})),
    ),
    button("link", never, () => answer("dismissed", { forever: true })),
    close,
  ];
}
