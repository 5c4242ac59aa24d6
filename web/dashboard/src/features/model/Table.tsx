// SPDX-License-Identifier: Apache-2.0
import { type ReactNode, useEffect, useRef, useState } from "react";

interface Column {
  name: string;
  /** A figure: right-aligned. */
  isFigure?: boolean;
}

interface Props {
  label: string;
  columns: readonly Column[];
  children: ReactNode;
}

/** Whether an element is wider than its frame, so that it must be reachable by keyboard to be scrolled. */
function useOverflows() {
  const frame = useRef<HTMLElement>(null);
  const [overflows, setOverflows] = useState(false);
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const watch = new ResizeObserver(() => setOverflows(current.scrollWidth > current.clientWidth));
    watch.observe(current);
    if (current.firstElementChild) watch.observe(current.firstElementChild);
    return () => watch.disconnect();
  }, []);
  return { frame, overflows };
}

/** A table that scrolls sideways within its frame where the page is narrow. */
export function Table({ label, columns, children }: Props) {
  const { frame, overflows } = useOverflows();
  return (
    <section ref={frame} className="table-frame" aria-label={label} {...(overflows && { tabIndex: 0 })}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, isFigure }) => (
              <th key={name} scope="col" className={isFigure ? "figure" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}
