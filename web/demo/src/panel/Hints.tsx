// SPDX-License-Identifier: Apache-2.0

export function Hints() {
  return (
    <p className="hints">
      <strong>Try it:</strong> type 0 as the term, then Apply, twice.
      <br />
      Or click Download schedule four times, twice.
    </p>
  );
}
