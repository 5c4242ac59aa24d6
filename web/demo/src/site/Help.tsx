// SPDX-License-Identifier: Apache-2.0

const questions = [
  {
    question: "How do I enter five years?",
    answer: "The term is asked in months: 60. The shortest term is 6 months, the longest 120.",
  },
  {
    question: "Can I pay back early?",
    answer: "Yes, in full or in part, at any time and at no cost. The interest for the rest falls away.",
  },
  {
    question: "What happens when I apply?",
    answer:
      "Here, nothing: Meridian is made up. A real bank would check your figures and answer within a day.",
  },
  {
    question: "What does this page tell Handrail?",
    answer:
      "That a button was clicked, that a field was found invalid, that a request failed. Never what you typed: " +
      "values stay on the page. The dark panel shows everything that was recorded.",
  },
  {
    question: "Why was I offered a chat?",
    answer:
      "Because the last minutes looked like trouble. The panel lists the reasons, the points each one carries, " +
      "and every rule that could have kept the offer back.",
  },
];

export function Help() {
  return (
    <>
      <div className="page-head">
        <h1>Help</h1>
        <p>The questions people ask most.</p>
      </div>
      <div className="card questions">
        {questions.map(({ question, answer }) => (
          <details key={question}>
            <summary>{question}</summary>
            <p>{answer}</p>
          </details>
        ))}
      </div>
    </>
  );
}
