// SPDX-License-Identifier: Apache-2.0
import { useEffect } from "react";
import { Link, usePage } from "../router";
import { Accounts } from "./Accounts";
import { Header } from "./Header";
import { Help } from "./Help";
import { Loans } from "./Loans";
import type { PageName } from "./pageName";
import { Savings } from "./Savings";

const pages = {
  accounts: { title: "Accounts", content: Accounts },
  loans: { title: "Loans", content: Loans },
  savings: { title: "Savings", content: Savings },
  help: { title: "Help", content: Help },
} satisfies Record<PageName, object>;

interface Props {
  drawerOpen: boolean;
  onOpenDrawer: (() => void) | undefined;
}

export function Site({ drawerOpen, onOpenDrawer }: Props) {
  const path = usePage();
  const name: PageName = path in pages ? (path as PageName) : "loans";
  const { title, content: Content } = pages[name];
  useEffect(() => {
    document.title = `${title} · Meridian`;
  }, [title]);
  return (
    <div className="site">
      <Header current={name} drawerOpen={drawerOpen} onOpenDrawer={onOpenDrawer} />
      <main>
        <Content />
      </main>
      <footer className="site-footer">
        <p>Meridian is a made-up bank. It lends nothing, keeps nothing, and shows what Handrail does.</p>
        <Link page="help">Help</Link>
      </footer>
    </div>
  );
}
