// SPDX-License-Identifier: MIT
import type { DebugPort, DoctorReport } from "./ports";

/** Directives of the page's policy that stood in our way, as the browser reported them. */
function watchPolicy(host: string): { blocked: Set<string>; stop(): void } {
  const blocked = new Set<string>();
  const onViolation = (event: SecurityPolicyViolationEvent) => {
    if (event.blockedURI.startsWith(host)) blocked.add(event.effectiveDirective);
  };
  document.addEventListener("securitypolicyviolation", onViolation);
  return { blocked, stop: () => document.removeEventListener("securitypolicyviolation", onViolation) };
}

/** Asks the server as a page would, and says in words what is in the way. */
export async function examine({ host, key, post, state }: DebugPort): Promise<DoctorReport> {
  const policy = watchPolicy(host);
  const { anonymousId } = state().ids;
  const { status } = await post(`${host}/v1/sessions`, JSON.stringify({ writeKey: key, anonymousId }));
  policy.stop();
  const blockedBy = [...policy.blocked];
  const now = state();
  const hints: string[] = [];
  if (blockedBy.length)
    hints.push(`the page's Content-Security-Policy must allow ${host} in ${blockedBy.join()}`);
  else if (!status)
    hints.push("no answer: is the server up? a content blocker, or its allowed origins, may be in the way");
  if (status === 401) hints.push("the server does not know data-key");
  if (status === 403) hints.push("this page's origin is not among the site's");
  if (status === 410) hints.push("the site has stopped its pages");
  if (status === 429) hints.push("too many requests come from this address");
  if (!now.consent)
    hints.push("the visitor was not asked for consent; with data-consent=ask nothing is sent");
  if (!now.mayStore) hints.push("nothing is stored: the visitor is another on each page");
  return { ...now, server: host, reached: status > 0, accepted: status === 200, blockedBy, hints };
}
