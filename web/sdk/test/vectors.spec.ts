// SPDX-License-Identifier: MIT
// The golden vectors mean here what they mean to the server: the schema accepts and refuses the same facts.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020";
import { describe, expect, test } from "vitest";

interface SdkEvent {
  seq?: number;
  eventType?: string;
  timestamp?: number;
  eventData?: unknown;
}

interface Vector {
  name: string;
  body: { anonymousId?: string; tabId?: string; events: SdkEvent[] };
  dataBytes?: { index: number; bytes: number };
  expect: {
    accepted: number;
    rejected: number;
    results: { index: number; code: string }[];
    problem?: { status: number; code: string };
  };
}

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../../protocol/${path}`, import.meta.url), "utf8"));
const facts = read("facts.schema.json");
const vectors: Vector[] = read("vectors/batches.json");
const LARGEST_BYTES = 64 * 1024;

const ENVELOPE = {
  type: "object",
  required: ["v", "anonymousId", "tabId", "events"],
  properties: {
    v: { const: 1 },
    anonymousId: { type: "string", pattern: "^[A-Za-z0-9_.:@-]{1,200}$" },
    tabId: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
    events: { type: "array", minItems: 1, maxItems: 1000 },
  },
};
const EVENT = {
  type: "object",
  required: ["seq", "eventType", "timestamp", "eventData"],
  properties: {
    seq: { type: "integer", minimum: 1 },
    eventType: { type: "string", pattern: "^[a-z0-9_.:]{1,64}$" },
    timestamp: { type: "integer" },
    mono: { type: "integer", minimum: 0 },
    eventData: { type: "object" },
  },
};
const CODES: Record<string, string> = {
  required: "missing_field",
  type: "wrong_type",
  maxLength: "too_long",
  pattern: "bad_id",
};

const ajv = new Ajv({ strict: false });
ajv.addSchema(facts);
const checkEnvelope = ajv.compile(ENVELOPE);
const checkEvent = ajv.compile(EVENT);

function codeOf(check: ReturnType<Ajv["compile"]>, value: unknown): string | undefined {
  if (check(value)) return undefined;
  return CODES[check.errors?.[0]?.keyword as string] ?? "out_of_range";
}

function checkFact(event: SdkEvent): string | undefined {
  const broken = codeOf(checkEvent, event);
  if (broken) return broken;
  if (JSON.stringify(event.eventData).length > LARGEST_BYTES) return "event_too_large";
  const type = event.eventType as string;
  if (!(type in facts.$defs)) return undefined;
  const check = ajv.getSchema(`${facts.$id}#/$defs/${type}`);
  return check && codeOf(check as ReturnType<Ajv["compile"]>, event.eventData);
}

describe("golden vectors", () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
    const problem = codeOf(checkEnvelope, vector.body);
    expect(problem).toBe(vector.expect.problem?.code);
    if (problem) return;
    const { events } = vector.body;
    const { dataBytes } = vector;
    if (dataBytes) (events[dataBytes.index] as SdkEvent).eventData = { note: "x".repeat(dataBytes.bytes) };
    const results = events
      .map((event, index) => ({ index, code: checkFact(event) }))
      .filter(({ code }) => code);
    expect(results).toEqual(vector.expect.results);
    expect(events.length - results.length).toBe(vector.expect.accepted);
    expect(results.length).toBe(vector.expect.rejected);
  });

  test("cover every fact", () => {
    const used = new Set(
      vectors
        .flatMap(({ body }) => (Array.isArray(body.events) ? body.events : []))
        .map((event) => event.eventType),
    );
    const parts = ["key", "outcome"];
    expect(Object.keys(facts.$defs).filter((type) => !parts.includes(type) && !used.has(type))).toEqual([]);
  });
});
