// SPDX-License-Identifier: Apache-2.0
import { duration, wholeMoney } from "../format";
import type { Quote } from "./arithmetic";

const width = 400;
const height = 96;

/** What is still owed, month by month. Its frame stays in place while there is nothing to draw. */
export function BalanceChart({ amount, result }: { amount: number; result: Quote | undefined }) {
  const months = result?.instalments.length ?? 0;
  const points = result
    ? [{ month: 0, balance: amount }, ...result.instalments].map(
        ({ month, balance }) =>
          `${((month / months) * width).toFixed(1)},${(height - (balance / amount) * (height - 4)).toFixed(1)}`,
      )
    : [];
  return (
    <figure className="balance">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Balance over time"
      >
        {points.length > 0 && (
          <>
            <polygon className="balance-area" points={`0,${height} ${points.join(" ")} ${width},${height}`} />
            <polyline className="balance-line" points={points.join(" ")} vectorEffect="non-scaling-stroke" />
          </>
        )}
        <line className="balance-ground" x1="0" x2={width} y1={height} y2={height} />
      </svg>
      <figcaption>
        <span>{result ? `${wholeMoney(amount)} owed today` : "Balance over time"}</span>
        <span>{result ? `nothing after ${duration(months)}` : ""}</span>
      </figcaption>
    </figure>
  );
}
