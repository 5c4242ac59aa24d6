// SPDX-License-Identifier: Apache-2.0
import { Link } from "../router";
import markUrl from "./mark.svg";
import type { PageName } from "./pageName";

const entries: [PageName, string, string][] = [
  ["accounts", "accounts", "Accounts"],
  ["loans", "", "Loans"],
  ["savings", "savings", "Savings"],
  ["help", "help", "Help"],
];

interface Props {
  current: PageName;
  drawerOpen: boolean;
  onOpenDrawer: (() => void) | undefined;
}

export function Header({ current, drawerOpen, onOpenDrawer }: Props) {
  return (
    <header className="site-header">
      <Link page="" className="brand">
        <img src={markUrl} alt="" width="26" height="26" />
        Meridian
      </Link>
      <nav aria-label="Bank">
        {entries.map(([name, page, words]) => (
          <Link key={name} id={`nav-${name}`} page={page} current={name === current}>
            {words}
          </Link>
        ))}
      </nav>
      {onOpenDrawer && (
        <button
          type="button"
          id="open-panel"
          className="open-panel"
          aria-expanded={drawerOpen}
          onClick={onOpenDrawer}
        >
          What Handrail sees
        </button>
      )}
    </header>
  );
}
