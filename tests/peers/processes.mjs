// SPDX-License-Identifier: Apache-2.0
// Processes of others that a test starts on free ports of loopback, waits for, and ends.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { until } from "../e2e/support.mjs";

export const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true) || socket.destroy());
    socket.on("error", () => resolve(false));
  });

const STARTED_WITHIN_MS = 75_000; // what does not come up gives up by itself before, and says why

/** A process that listens on a port. `stop` ends it; `said` is what it printed. */
export async function launch(command, args, port, options = {}) {
  const child = spawn(command, args, options);
  const process_ = { child, said: "", stop: () => end(child) };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      process_.said += text;
    });
  }
  const named = [command, ...args].join(" ");
  const isUp = async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${named} ended: ${process_.said}`);
    return isOpen(port);
  };
  await until(isUp, named, STARTED_WITHIN_MS).catch(async (error) => {
    await end(child);
    throw new Error(`${error.message}; it said: ${process_.said}`);
  });
  return process_;
}

export function end(child, signal = "SIGTERM") {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on("exit", resolve);
    child.kill(signal);
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  });
}
