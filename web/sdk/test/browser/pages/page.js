// SPDX-License-Identifier: MIT
const $ = (id) => document.getElementById(id);
let count = 0;
$("plus").addEventListener("click", () => {
  $("count").textContent = String(++count);
});
$("works").addEventListener("click", () => {
  $("details").hidden = !$("details").hidden;
});
$("fails").addEventListener("click", () => {
  $("details").hidden = false;
  throw new Error("planned");
});
$("loan").addEventListener("submit", (event) => {
  event.preventDefault();
  void fetch(`/app/status/${new URLSearchParams(location.search).get("status") || 200}`, { method: "POST" });
});
$("react").addEventListener("submit", (event) => {
  event.preventDefault();
  const email = event.target.elements.email;
  setTimeout(() => email.setAttribute("aria-invalid", "true"), 20);
});
const shadow = $("shadow-host").attachShadow({ mode: "open" });
const inner = document.createElement("button");
inner.id = "inner";
inner.textContent = "In the shadow";
const output = document.createElement("b");
inner.addEventListener("click", () => {
  output.textContent += "!";
});
shadow.append(inner, output);
let ticks = 0;
setInterval(() => {
  $("ticker").textContent = String(++ticks);
}, 50);
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
window.uncaught = [];
window.addEventListener("error", (event) => window.uncaught.push(event.message));
