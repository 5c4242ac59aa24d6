// SPDX-License-Identifier: MIT

/** What a visitor may agree to: being watched at all, being offered help, teaching a model, being read by an AI elsewhere. */
export interface Choice {
  analytics: boolean;
  assistance: boolean;
  training: boolean;
  ai: boolean;
}

export interface Consent {
  /** What holds; nothing where nobody asked yet. */
  get(): Choice | undefined;
  /** Takes a choice, for all purposes or for those that are named, and keeps it. */
  set(choice: boolean | Partial<Choice>): Choice;
}

const KEY = "handrail.consent";
const PURPOSES = ["analytics", "assistance", "training", "ai"] as const;

/** The choice is all that is kept of a visitor who refuses: a digit for each purpose. */
export function createConsent(open: () => Storage): Consent {
  let choice: Choice | undefined;

  function all(value: (purpose: keyof Choice, index: number) => boolean): Choice {
    const made = {} as Choice;
    PURPOSES.forEach((purpose, index) => {
      made[purpose] = value(purpose, index);
    });
    return made;
  }

  try {
    const kept = open().getItem(KEY);
    if (kept) choice = all((_purpose, index) => kept[index] === "1");
  } catch {
    // No storage: the page asks again.
  }

  return {
    get: () => choice,
    set(wanted) {
      const before = choice;
      const named = wanted as Partial<Choice>;
      choice = all((purpose) => (wanted === !!wanted ? wanted : !!(named[purpose] ?? before?.[purpose])));
      try {
        const bits = PURPOSES.map((purpose) => +(choice as Choice)[purpose]);
        open().setItem(KEY, bits.join(""));
      } catch {
        // It holds for as long as the page lives.
      }
      return choice;
    },
  };
}
