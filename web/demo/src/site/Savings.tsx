// SPDX-License-Identifier: Apache-2.0
import { Link } from "../router";

const offers = [
  { name: "Rainy day", rate: "2.1 %", terms: "Any amount, out again whenever you like." },
  { name: "One year", rate: "2.6 %", terms: "From €1,000, fixed for twelve months." },
  { name: "Three years", rate: "2.9 %", terms: "From €5,000, interest paid out every January." },
];

export function Savings() {
  return (
    <>
      <div className="page-head">
        <h1>Put something by</h1>
        <p>Three ways, no small print: the rate you see is the rate you get.</p>
      </div>
      <ul className="tiles">
        {offers.map((offer) => (
          <li key={offer.name} className="card tile">
            <h2>{offer.name}</h2>
            <p className="tile-figure">
              {offer.rate} <span className="mute">a year</span>
            </p>
            <p className="mute">{offer.terms}</p>
          </li>
        ))}
      </ul>
      <section className="card prose" aria-labelledby="first">
        <h2 id="first">Save first, or borrow?</h2>
        <p>
          A loan at 6.9 % costs more than savings at 2.6 % bring. If you have both, paying back early is
          usually the better deal, and Meridian charges nothing for it.
        </p>
        <p>
          <Link page="">Compare with a loan</Link>
        </p>
      </section>
    </>
  );
}
