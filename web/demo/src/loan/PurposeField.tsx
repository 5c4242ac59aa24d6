// SPDX-License-Identifier: Apache-2.0

const purposes = [
  ["home", "Home improvement"],
  ["car", "A car"],
  ["study", "Education"],
  ["refinance", "Paying off other loans"],
  ["other", "Something else"],
] as const;

export function PurposeField({ value, onChange }: { value: string; onChange(value: string): void }) {
  return (
    <div className="field">
      <label htmlFor="loan-purpose">Purpose</label>
      <div className="field-frame">
        <select
          id="loan-purpose"
          name="loan-purpose"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        >
          {purposes.map(([key, words]) => (
            <option key={key} value={key}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <p className="note">The rate is the same for all of them.</p>
    </div>
  );
}
