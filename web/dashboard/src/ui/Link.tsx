// SPDX-License-Identifier: Apache-2.0
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "../router";

/** A real link within the desk that changes the view in place; with a modifier the browser does what it always does. */
export function Link({ href, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  function go(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    navigate(href);
  }
  return <a {...rest} href={href} onClick={go} />;
}
