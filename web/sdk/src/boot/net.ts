// SPDX-License-Identifier: MIT
import { claim } from "../browser/tabs";
import type { Net, NetPort } from "../domain/ports";
import { createUnsent } from "../domain/unsent";
import { isRetryable } from "../transport/retry";

const PACKED_FROM = 1_024;

async function packed(body: string): Promise<Blob> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream("gzip"));
  // Its type needs no preflight; the server knows packed text by how it begins.
  return new Blob([await new Response(stream).arrayBuffer()], { type: "text/plain" });
}

/** Packs larger bodies, and sends what earlier pages could not, one tab at a time. */
export function start(port: NetPort): Net {
  const unsent = createUnsent(port.openStorage, port.clock);

  const post: Net["post"] = async (url, body, keepalive) => {
    const isLarge = typeof body === "string" && body.length > PACKED_FROM;
    if (keepalive || !isLarge || typeof CompressionStream !== "function")
      return port.post(url, body, keepalive);
    return port.post(url, await packed(body).catch(() => body));
  };

  async function sendKept(): Promise<void> {
    if (!unsent.peek()) return;
    const release = await claim(navigator.locks, "handrail unsent");
    if (!release) return;
    for (let body = unsent.peek(); body; body = unsent.peek()) {
      // Taken away when it has arrived: sent twice does no harm, for the server knows each fact.
      const { status } = await post(port.url(), body);
      if (isRetryable(status)) break;
      unsent.drop();
    }
    release();
  }

  port.listen(window, "online", () => void sendKept());
  void sendKept();
  return { post, keep: unsent.keep };
}
