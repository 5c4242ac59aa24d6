// SPDX-License-Identifier: Apache-2.0
// kinesalite on 127.0.0.1: its own main listens on every address, and no flag says otherwise.
// `node loopback_only.mjs PORT FOLDER`: what was put is kept in the folder.
import kinesalite from "kinesalite";

const [port, path] = process.argv.slice(2);
kinesalite({ path, shardLimit: 100 }).listen(Number(port), "127.0.0.1");
