// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDeskStream } from "./streams";

/** As much of the browser's EventSource as the streams use; the test plays the server. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  close = vi.fn();

  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }

  fail(readyState: number) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }

  tell(name: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

const handlers = { conversation: vi.fn(), chat: vi.fn(), availability: vi.fn() };
const onLive = vi.fn();
const latest = () => FakeSource.opened.at(-1) as FakeSource;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.opened = [];
  vi.clearAllMocks();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("events go to their handlers, parsed", () => {
  openDeskStream("Maya Ö", handlers, onLive);
  expect(latest().url).toBe("/v1/desk/stream?agent=Maya%20%C3%96");
  latest().dispatchEvent(new Event("open"));
  latest().tell("availability", { available: 1, agents: [] });
  expect(onLive).toHaveBeenLastCalledWith(true);
  expect(handlers.availability).toHaveBeenCalledWith({ available: 1, agents: [] });
});

test("while the browser tries again by itself no second stream is opened", () => {
  openDeskStream("Maya", handlers, onLive);
  latest().fail(0);
  vi.advanceTimersByTime(60_000);
  expect(onLive).toHaveBeenLastCalledWith(false);
  expect(FakeSource.opened).toHaveLength(1);
});

test("where the browser gives up we do not, with growing pauses", () => {
  openDeskStream("Maya", handlers, onLive);
  latest().fail(FakeSource.CLOSED);
  vi.advanceTimersByTime(1_000);
  expect(FakeSource.opened).toHaveLength(2);
  latest().fail(FakeSource.CLOSED);
  vi.advanceTimersByTime(1_900);
  expect(FakeSource.opened).toHaveLength(2);
  vi.advanceTimersByTime(100);
  expect(FakeSource.opened).toHaveLength(3);
});

test("a closed stream stays closed", () => {
  const close = openDeskStream("Maya", handlers, onLive);
  latest().fail(FakeSource.CLOSED);
  close();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.opened).toHaveLength(1);
  expect(latest().close).toHaveBeenCalled();
});
