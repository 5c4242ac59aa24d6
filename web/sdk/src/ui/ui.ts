// SPDX-License-Identifier: MIT
import type { ChatMessage, Offer, OfferAnswer } from "../domain/offer";
import type { Ui, UiPort } from "../domain/ports";
import { createChatModel } from "./chatModel";
import { createChatView } from "./chatView";
import { button } from "./dom";
import { createHost } from "./host";
import { offerView } from "./offerView";
import { createPanel } from "./panel";
import { createTabMemory } from "./tabMemory";
import { WORDS } from "./words";

/** Draws the offer and the chat, in one panel that is first the one and then the other. */
export function startUi(port: UiPort): Ui {
  const host = createHost(port.clock);
  const panel = createPanel(host);
  const memory = createTabMemory();
  const launcher = button("launcher", WORDS.launcher, () => openChat());
  launcher.hidden = true;
  host.root.append(launcher);

  let shownOffer: string | undefined;
  let isChatOpen = false;
  let isRestored = false;

  const model = createChatModel(port, () => view.update());
  const view = createChatView(model, minimise, endChat);

  function setLauncher(isShown: boolean, isUnread: boolean): void {
    launcher.hidden = !isShown;
    launcher.textContent = isUnread ? WORDS.launcherUnread : WORDS.launcher;
    launcher.toggleAttribute("data-unread", isUnread);
  }

  function showChat(): void {
    isChatOpen = true;
    shownOffer = undefined;
    setLauncher(false, false);
    panel.show({ className: "chat", content: view.content, label: "title", onEscape: minimise });
    view.update();
    memory.set(true, lastOffset());
  }

  /** Only an act of the visitor leads here, so the focus may follow. */
  function openChat(): void {
    showChat();
    view.focus();
  }

  function minimise(): void {
    isChatOpen = false;
    panel.hide();
    setLauncher(model.hasConversation() && !model.isClosed(), false);
    memory.set(false, lastOffset());
  }

  function endChat(): void {
    model.close();
    minimise();
  }

  function lastOffset(): number {
    const offsets = model.lines().map((line) => (line.offset < Number.MAX_SAFE_INTEGER ? line.offset : 0));
    return Math.max(0, ...offsets);
  }

  function onOfferAnswer(offer: Offer, answer: OfferAnswer): void {
    shownOffer = undefined;
    if (answer !== "accepted") {
      panel.hide();
      return;
    }
    model.open(offer.interventionId);
    openChat();
  }

  function showOffer(offer: Offer, onAnswer: (answer: OfferAnswer, body: object) => void): boolean {
    // Who is chatting already has help.
    if (isChatOpen || (model.hasConversation() && !model.isClosed())) return false;
    const answer = (what: OfferAnswer, body: object) => {
      if (shownOffer !== offer.interventionId) return;
      onOfferAnswer(offer, what);
      onAnswer(what, body);
    };
    shownOffer = offer.interventionId;
    panel.show({
      className: "offer",
      content: offerView(offer, answer),
      label: "title",
      description: offer.strings.disclosure ? "body disclosure" : "body",
      language: offer.language,
      onEscape: () => answer("dismissed", {}),
    });
    const { title, body } = { ...WORDS, ...offer.strings };
    host.announce(`${title} ${body}`);
    return true;
  }

  /** After a reload the panel comes back as it was left, without taking the focus. */
  function restore(): void {
    if (isRestored || isChatOpen || shownOffer) return;
    isRestored = true;
    if (memory.wasOpen()) showChat();
    else setLauncher(true, false);
  }

  function onChat(message: ChatMessage): void {
    const isNews = model.receive(message);
    if (!model.isClosed()) restore();
    if (isChatOpen) {
      memory.set(true, lastOffset());
    } else if (isNews && message.from === "agent" && message.offset > memory.lastRead()) {
      setLauncher(true, true);
      host.announce(WORDS.said(message.name || WORDS.agent, message.text || ""));
    } else if (model.isClosed()) {
      setLauncher(false, false);
    }
  }

  return {
    showOffer,
    hideOffer(id) {
      if (shownOffer !== id) return;
      shownOffer = undefined;
      panel.hide();
    },
    onChat,
    openChat,
    sendChat(text) {
      showChat();
      model.send(text);
    },
    closeChat: endChat,
    stop() {
      panel.stop();
      host.remove();
    },
  };
}
