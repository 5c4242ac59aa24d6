// SPDX-License-Identifier: MIT
import type { ChatModel, Line } from "./chatModel";
import { button, ICONS, iconButton, make } from "./dom";
import { linkify } from "./linkify";
import { WORDS } from "./words";

export interface ChatView {
  content: Node[];
  /** Draws what changed, and keeps to the end when the end was in view. */
  update(): void;
  focus(): void;
}

function stateOf(line: Line, model: ChatModel): HTMLElement | undefined {
  if (!line.state) return undefined;
  const state = make("span", { class: `state ${line.state}` }, WORDS[line.state]);
  if (line.state === "failed")
    state.append(
      " ",
      button("", WORDS.retry, () => model.retry(line.id)),
    );
  return state;
}

function systemText(line: Line): string {
  if (line.event === "unanswered") return WORDS.unanswered;
  return line.event === "closed" ? WORDS.closed : line.text;
}

function drawLine(line: Line, model: ChatModel): HTMLLIElement {
  const said = line.event === "message" || line.event === "opened";
  const text = said ? linkify(line.text) : [systemText(line)];
  const name = line.from === "agent" && make("span", { class: "name" }, line.name || WORDS.agent);
  const className = said ? line.from : "system";
  return make(
    "li",
    { class: className },
    name,
    make("div", { class: "text" }, ...text),
    stateOf(line, model),
  );
}

/** The conversation: who is there, what was said, and a box to write in. */
export function createChatView(model: ChatModel, onMinimise: () => void, onEnd: () => void): ChatView {
  const face = make("span", { class: "face", "aria-hidden": "true" });
  const title = make("h2", { id: "title" }, WORDS.chat);
  const partner = make("div", { class: "partner" });
  const end = button("end", WORDS.end, onEnd);
  const minimise = iconButton(ICONS.minimise, WORDS.minimise, onMinimise);
  const head = make(
    "div",
    { class: "head" },
    face,
    make("div", { class: "who" }, title, partner),
    end,
    minimise,
  );

  const list = make("ol");
  const log = make(
    "div",
    { class: "log", role: "log", "aria-label": WORDS.conversation, tabindex: "0" },
    list,
  );
  const box = make("textarea", {
    rows: "1",
    "aria-label": WORDS.message,
    placeholder: WORDS.placeholder,
    maxlength: "4000",
  });
  const form = make("form", {}, box, make("button", { class: "primary" }, WORDS.send));
  const drawn = new Map<string, { node: HTMLLIElement; as: string }>();

  function send(): void {
    model.send(box.value);
    box.value = "";
    log.scrollTop = log.scrollHeight;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });

  function drawHead(): void {
    const agent = model.agent();
    face.textContent = (agent?.[0] || "").toUpperCase();
    face.hidden = !agent;
    partner.textContent = agent ? WORDS.withAgent(agent) : "";
    end.hidden = !model.hasConversation() || model.isClosed();
    form.hidden = model.isClosed();
  }

  function nodeFor(line: Line): HTMLLIElement {
    const as = JSON.stringify(line);
    const old = drawn.get(line.id);
    if (old?.as === as) return old.node;
    const node = drawLine(line, model);
    old?.node.replaceWith(node);
    drawn.set(line.id, { node, as });
    return node;
  }

  /** Puts the lines into their order and touches only those that moved, so nothing is spoken twice. */
  function drawLines(lines: Line[]): void {
    const known = new Set(lines.map((line) => line.id));
    drawn.forEach(({ node }, id) => {
      if (known.has(id)) return;
      node.remove();
      drawn.delete(id);
    });
    lines.map(nodeFor).forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
    });
  }

  const greeting: Line = { id: "", from: "system", event: "message", text: WORDS.greeting, offset: -1 };

  function update(): void {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    drawHead();
    drawLines([greeting, ...model.lines()]);
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  update();
  return { content: [head, log, form], update, focus: () => box.focus() };
}
