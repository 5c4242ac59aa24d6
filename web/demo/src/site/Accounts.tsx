// SPDX-License-Identifier: Apache-2.0
import { money } from "../format";
import { Link } from "../router";

const accounts = [
  { name: "Everyday account", number: "•• 4417", balance: 318_462, note: "Salary arrived on the 1st" },
  { name: "Household", number: "•• 2093", balance: 84_010, note: "Shared with Jonas" },
  { name: "Rainy day", number: "•• 7751", balance: 642_500, note: "2.1 % a year" },
];

const bookings = [
  { day: "Today", what: "Bakery Lindner", amount: -860 },
  { day: "Yesterday", what: "City transport, monthly pass", amount: -4_900 },
  { day: "Yesterday", what: "Transfer to Rainy day", amount: -15_000 },
  { day: "Monday", what: "Salary", amount: 284_250 },
  { day: "Monday", what: "Rent", amount: -98_000 },
];

export function Accounts() {
  return (
    <>
      <div className="page-head">
        <h1>Good to see you</h1>
        <p>Three accounts, {money(accounts.reduce((sum, one) => sum + one.balance, 0))} in all.</p>
      </div>
      <ul className="tiles">
        {accounts.map((account) => (
          <li key={account.number} className="card tile">
            <h2>
              {account.name} <span className="mute">{account.number}</span>
            </h2>
            <p className="tile-figure">{money(account.balance)}</p>
            <p className="mute">{account.note}</p>
          </li>
        ))}
      </ul>
      <section className="card" aria-labelledby="latest">
        <h2 id="latest">Latest bookings</h2>
        <ul className="bookings">
          {bookings.map((booking) => (
            <li key={booking.what}>
              <span className="mute">{booking.day}</span>
              <span>{booking.what}</span>
              <span className="figure">{money(booking.amount)}</span>
            </li>
          ))}
        </ul>
        <p className="mute">
          Planning something bigger? <Link page="">See what a loan would cost a month.</Link>
        </p>
      </section>
    </>
  );
}
