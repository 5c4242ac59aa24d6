// SPDX-License-Identifier: Apache-2.0
import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { paths, type Route } from "../router";
import { InboxIcon, KeyboardIcon, ModelIcon, ThemeIcon, VisitorIcon, WordsIcon } from "./icons";
import { Link } from "./Link";
import markUrl from "./mark.svg";

interface Props {
  view: Route["view"];
  waiting: number;
  /** Whether the caller may work at the desk. */
  hasInbox?: boolean;
  onShortcuts(): void;
}

export function Rail({ view, waiting, hasInbox = true, onShortcuts }: Props) {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  return (
    <nav className="rail" aria-label="Desk">
      <img className="rail-mark" src={markUrl} alt="Handrail" width="28" height="28" />
      {hasInbox && (
        <Link href={paths.inbox} aria-current={view === "inbox" ? "page" : undefined}>
          <InboxIcon />
          <span>Inbox</span>
          {waiting > 0 && (
            <span className="rail-badge">
              {waiting}
              <span className="sr-only"> waiting</span>
            </span>
          )}
        </Link>
      )}
      <Link href={paths.visitors} aria-current={view === "visitor" ? "page" : undefined}>
        <VisitorIcon />
        <span>Visitors</span>
      </Link>
      <Link href={paths.models} aria-current={view === "model" ? "page" : undefined}>
        <ModelIcon />
        <span>Model</span>
      </Link>
      <Link href={paths.words} aria-current={view === "words" ? "page" : undefined}>
        <WordsIcon />
        <span>Words</span>
      </Link>
      <span className="rail-space" />
      <button type="button" onClick={onShortcuts} aria-label="Keyboard shortcuts" className="rail-keys">
        <KeyboardIcon />
      </button>
      <button
        type="button"
        onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
        aria-label={scheme === "dark" ? "Light theme" : "Dark theme"}
      >
        <ThemeIcon />
      </button>
    </nav>
  );
}
