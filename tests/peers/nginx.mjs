// SPDX-License-Identifier: Apache-2.0
// nginx, as a user of its own would run it, on configuration that a test gives.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { launch } from "./processes.mjs";

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

export const nginxVersion = () => spawnSync("nginx", ["-v"], { encoding: "utf8" }).stderr.trim();

/** What `http(folder)` returns stands within http {}; `reload` reads it again. Ready when it listens on `port`. */
export async function startNginx(http, port) {
  const folder = mkdtempSync(join(tmpdir(), "handrail-nginx-"));
  const file = join(folder, "nginx.conf");
  const write = () => {
    const places = TEMPORARY.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
    const head = `daemon off; user ${userInfo().username}; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events { worker_connections 4096; }`;
    writeFileSync(file, `${head}\nhttp {\n  ${places}\n${http(folder)}\n}\n`);
  };
  write();
  const running = await launch("nginx", ["-c", file, "-e", join(folder, "error.log")], port);
  return {
    folder,
    url: `http://127.0.0.1:${port}`,
    reload() {
      write();
      running.child.kill("SIGHUP");
    },
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
