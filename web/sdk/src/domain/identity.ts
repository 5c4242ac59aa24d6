// SPDX-License-Identifier: MIT
import type { Clock } from "../tools/clock";
import { uuidv7 } from "../tools/random";
import type { Who } from "./facts";

/** What identity needs of localStorage. It may be memory: storage can be full, forbidden or absent. */
export interface KeyValue {
  get(key: string): string | null;
  set(key: string, value: string): void;
}

const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 12 * 3_600_000;
/** Writing the session's last activity more often than this would only wear the disk. */
const WRITE_EVERY_MS = 5_000;
const VISITOR = "handrail.id";
const SESSION = "handrail.session";
/** What is stored of a visitor. */
export const STORED = [VISITOR, SESSION];

interface Session {
  id: string;
  start: number;
  last: number;
}

export interface Identity {
  /** The identity now. `active` says that the visitor did something, which keeps the session alive. */
  who(active: boolean): Who;
  identify(userId: string): void;
  /** Becomes a new visitor in a new session. */
  reset(): void;
}

export function createIdentity(storage: KeyValue, clock: Clock): Identity {
  let userId: string | undefined;
  let anonymousId = storage.get(VISITOR) || startVisitor();
  let session = readSession();
  let written = 0;

  function startVisitor(): string {
    const id = uuidv7(clock.now());
    storage.set(VISITOR, id);
    return id;
  }

  function readSession(): Session | undefined {
    const [id, start, last] = (storage.get(SESSION) || "").split(" ");
    return id && start && last ? { id, start: +start, last: +last } : undefined;
  }

  function isAlive(candidate: Session | undefined, now: number): candidate is Session {
    return !!candidate && now - candidate.last < IDLE_MS && now - candidate.start < LONGEST_MS;
  }

  function currentSession(now: number): Session {
    if (isAlive(session, now)) return session;
    // Another tab may have kept it alive, or started the next one already.
    session = readSession();
    if (!isAlive(session, now)) session = { id: uuidv7(now), start: now, last: now };
    written = 0;
    return session;
  }

  function keepAlive(current: Session, now: number): void {
    current.last = now;
    if (now - written < WRITE_EVERY_MS) return;
    written = now;
    storage.set(SESSION, `${current.id} ${current.start} ${current.last}`);
  }

  return {
    who(active) {
      const now = clock.now();
      const current = currentSession(now);
      if (active) keepAlive(current, now);
      return { anonymousId, sessionId: current.id, ...(userId ? { userId } : {}) };
    },
    identify(id) {
      userId = id;
    },
    reset() {
      userId = undefined;
      storage.set(SESSION, "");
      session = undefined;
      anonymousId = startVisitor();
    },
  };
}
