// SPDX-License-Identifier: MIT
import { keyOf } from "../browser/elementKey";
import type { Choice, Consent } from "../domain/consent";
import type { FactData, SubmitResult, Track, TrackOptions } from "../domain/facts";
import type { Identity } from "../domain/identity";
import type { DoctorReport, Help, User, UserToken } from "../domain/ports";
import type { Emitter } from "../tools/emitter";
import type { Sender } from "../transport/sender";
import type { Events, InnerEvents } from "./events";

export interface ApiDeps {
  track: Track;
  identity: Identity;
  sender: Sender;
  tabId: string;
  on: Emitter<Events>["on"];
  inner: Emitter<InnerEvents>;
  /** Does something with the part that carries offers and chat, as soon as it is there. */
  withHelp(act: (help: Help) => void): void;
  shutdown(): void;
  consent: Consent;
  vouch(user: User): boolean;
  forgetUser(): void;
  doctor(): Promise<DoctorReport>;
  choose(choice: boolean | Partial<Choice>): void;
}

/** A field or form by its element, name or id; a name that finds nothing is a key of its own. */
function keyFor(target: string | Element): string {
  if (typeof target !== "string") return keyOf(target);
  const element = document.getElementsByName(target)[0] || document.getElementById(target);
  return element ? keyOf(element) : target.slice(0, 120);
}

/** The functions of `window.handrail`. Those that report something return the id of the event. */
export function createApi(deps: ApiDeps) {
  const { track, identity, withHelp } = deps;
  return {
    track: (name: string, props?: FactData, options?: TrackOptions) => track(name, props || {}, options),
    page: (name?: string, props?: FactData) => track("page", { path: location.pathname, name, ...props }),
    identify(userId: string, { token }: { token?: UserToken } = {}) {
      if (token) deps.vouch({ id: userId, token });
      const id = track("identify", { userId });
      identity.identify(userId);
      return id;
    },
    reset() {
      void deps.sender.flush();
      identity.reset();
      deps.forgetUser();
    },
    goal: (name: string, details?: { value?: number; currency?: string }) =>
      track("goal", { name, ...details }),
    step: (funnel: string, step: string, index?: number) => track("step", { funnel, step, index }),
    progress: (name?: string) => track("progress", { name }),
    submit(form: string | Element, result: SubmitResult, details?: { ms?: number; status?: number }) {
      const key = keyFor(form);
      deps.inner.emit("submit", key);
      return track("submit", { form: key, result, ...details });
    },
    field(target: string | Element) {
      const key = keyFor(target);
      return {
        invalid: (rule?: string, when: "input" | "blur" | "submit" = "blur") =>
          track("validation", { key, rule, source: "app", when }),
        valid: () => track("field", { key, phase: "change", valid: true }),
      };
    },
    flush: () => deps.sender.flush(),
    doctor: deps.doctor,
    ids() {
      const { anonymousId, sessionId } = identity.who(false);
      return { anonymousId, sessionId, tabId: deps.tabId };
    },
    on: deps.on,
    consent: { get: deps.consent.get, set: deps.choose },
    offers: {
      pause: () => withHelp((help) => help.pauseOffers(true)),
      resume: () => withHelp((help) => help.pauseOffers(false)),
    },
    chat: {
      open: () => withHelp((help) => help.useUi((ui) => ui.openChat())),
      send: (text: string) => withHelp((help) => help.useUi((ui) => ui.sendChat(text))),
      close: () => withHelp((help) => help.useUi((ui) => ui.closeChat())),
    },
    shutdown: deps.shutdown,
  };
}

export type Handrail = ReturnType<typeof createApi>;
