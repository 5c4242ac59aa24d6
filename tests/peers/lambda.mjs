// SPDX-License-Identifier: Apache-2.0
// AWS Lambda as a function sees it: a strict Runtime API, and an event source mapping from Kinesis.
//
// Strict, where lent emulators are kind: deadlines are moments, a process is frozen between two invocations and killed
// at its deadline, answers over 6 MB are refused, an environment serves one invocation at a time and others start beside
// it.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { kinesis, REGION } from "./emulators.mjs";
import { end } from "./processes.mjs";

const ANSWER_BYTES_MAX = 6 * 1024 * 1024;

const bodyOf = (request) =>
  new Promise((resolve) => {
    const parts = [];
    request.on("data", (part) => parts.push(part)).on("end", () => resolve(Buffer.concat(parts).toString()));
  });

/** One environment: a process with a Runtime API of its own. */
class Environment {
  constructor(options) {
    this.options = options;
    this.waiting = undefined; // the answer to `next`, while the process waits for work
    this.current = undefined;
    this.said = "";
  }

  async start() {
    this.server = createServer((request, response) => this.#serve(request, response));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { program, args, env } = this.options;
    const begun = performance.now();
    this.child = spawn(program, args, { env: { ...env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${this.server.address().port}` } });
    this.child.stderr.on("data", (text) => (this.said += text));
    this.child.on("exit", () => this.#fail({ errorType: "Runtime.ExitError", errorMessage: `the process ended: ${this.said}` }));
    this.ready = new Promise((resolve) => (this.becomeReady = resolve));
    const failure = await Promise.race([this.ready, new Promise((resolve) => this.child.on("exit", () => resolve({ errorMessage: this.said })))]);
    if (failure) throw new Error(`the function does not begin: ${failure.errorMessage}`);
    this.coldStartMs = performance.now() - begun;
  }

  invoke(event) {
    const { timeoutMs } = this.options;
    return new Promise((resolve) => {
      this.current = { id: randomUUID(), resolve };
      this.current.timer = setTimeout(() => {
        this.child.kill("SIGKILL");
        this.#fail({ errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${timeoutMs} ms` });
      }, timeoutMs);
      this.child.kill("SIGCONT");
      const headers = {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": this.current.id,
        "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
        "lambda-runtime-invoked-function-arn": `arn:aws:lambda:${REGION}:000000000000:function:handrail`,
      };
      this.waiting.writeHead(200, headers).end(JSON.stringify(event));
      this.waiting = undefined;
    });
  }

  isIdle() {
    return this.waiting !== undefined && this.current === undefined;
  }

  async stop() {
    this.child?.kill("SIGCONT");
    if (this.child) await end(this.child);
    this.server.closeAllConnections();
    this.server.close();
  }

  #fail(error) {
    const { current } = this;
    this.current = undefined;
    this.isDead = true;
    if (!current) return;
    clearTimeout(current.timer);
    current.resolve({ error });
  }

  async #serve(request, response) {
    const body = request.method === "POST" ? await bodyOf(request) : "";
    const [, version, , what, id, outcome] = request.url.split("/");
    const answer = (status, content = { status: "OK" }) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    if (version !== "2018-06-01") return answer(404);
    if (request.method === "GET" && what === "invocation" && id === "next") {
      this.waiting = response;
      this.becomeReady();
      if (!this.current) setImmediate(() => this.isIdle() && this.child.kill("SIGSTOP"));
      return;
    }
    if (what === "init") {
      answer(202);
      return this.becomeReady(JSON.parse(body));
    }
    if (!this.current || this.current.id !== id) return answer(400, { errorType: "InvalidRequestID" });
    if (body.length > ANSWER_BYTES_MAX) return answer(413, { errorType: "RequestEntityTooLarge" });
    answer(202);
    const { current } = this;
    this.current = undefined;
    clearTimeout(current.timer);
    current.resolve(outcome === "response" ? { value: JSON.parse(body) } : { error: JSON.parse(body) });
  }
}

/** A function: as many environments as invocations overlap. */
export class LambdaFunction {
  name = "a strict Runtime API";
  environments = [];

  constructor({ program, args = ["lambda"], env, timeoutMs = 30_000 }) {
    this.options = { program, args, env, timeoutMs };
  }

  async #environment() {
    this.environments = this.environments.filter((each) => !each.isDead);
    const idle = this.environments.find((each) => each.isIdle());
    if (idle) return idle;
    const fresh = new Environment(this.options);
    await fresh.start();
    this.environments.push(fresh);
    return fresh;
  }

  /** `{value}` or `{error}`, and what the function logged. */
  async invoke(event) {
    try {
      const environment = await this.#environment();
      return await environment.invoke(event);
    } catch (error) {
      return { error: { errorType: "Runtime.InitError", errorMessage: error.message } };
    }
  }

  said() {
    return this.environments.map((each) => each.said).join("");
  }

  stop() {
    return Promise.all(this.environments.map((each) => each.stop()));
  }
}

const eventOf = (shard, records) => ({
  Records: records.map((record) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: record.PartitionKey,
      sequenceNumber: record.SequenceNumber,
      data: record.Data,
      approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `${shard}:${record.SequenceNumber}`,
    eventName: "aws:kinesis:record",
    awsRegion: REGION,
  })),
});

/**
 * An event source mapping (docs.aws.amazon.com/lambda, "Process Amazon Kinesis Data Streams records with Lambda"): each
 * shard's records in their order, in batches; a batch that fails goes again, cut in two where `bisect` says so, or from
 * the lowest of `batchItemFailures` on; parents before their children. What is tried too often, or is too old, goes to
 * `discarded`.
 */
export class EventSourceMapping {
  discarded = [];
  invocations = []; // {shard, records, arrivedAt, begun, ended}
  #running = true;
  #shards = new Map();

  constructor({ url, stream, target, batchSize = 100, windowMs = 0, retries = 5, maxAgeMs = Number.POSITIVE_INFINITY, bisect = true, pollMs = 50 }) {
    Object.assign(this, { url, stream, target, batchSize, windowMs, retries, maxAgeMs, bisect, pollMs });
  }

  async start() {
    await this.#look("TRIM_HORIZON");
  }

  async stop() {
    this.#running = false;
    await Promise.all([...this.#shards.values()]);
  }

  /** Asked again while nobody answers. */
  async #ask(operation, body) {
    for (;;) {
      const answer = await kinesis(this.url, operation, body).catch((error) => {
        if (error.answer || !this.#running) throw error;
      });
      if (answer) return answer;
      await new Promise((resolve) => setTimeout(resolve, this.pollMs));
    }
  }

  async #look(type) {
    const { Shards } = await this.#ask("ListShards", { StreamName: this.stream });
    for (const { ShardId, ParentShardId, AdjacentParentShardId } of Shards) {
      if (this.#shards.has(ShardId)) continue;
      const parents = [ParentShardId, AdjacentParentShardId].map((id) => this.#shards.get(id));
      this.#shards.set(ShardId, Promise.all(parents).then(() => this.#follow(ShardId, type)));
    }
  }

  async #follow(shard, type) {
    let { ShardIterator: iterator } = await this.#ask("GetShardIterator", { StreamName: this.stream, ShardId: shard, ShardIteratorType: type });
    while (this.#running && iterator) {
      const read = await this.#ask("GetRecords", { ShardIterator: iterator, Limit: this.batchSize });
      iterator = read.NextShardIterator;
      if (read.Records.length > 0) await this.#deliver(shard, read.Records, 0);
      else await new Promise((resolve) => setTimeout(resolve, Math.max(this.pollMs, this.windowMs)));
    }
    if (this.#running) await this.#look("TRIM_HORIZON");
  }

  async #deliver(shard, records, attempt) {
    const begun = Date.now();
    const fresh = records.filter((record) => begun - record.ApproximateArrivalTimestamp * 1000 <= this.maxAgeMs);
    for (const record of records) if (!fresh.includes(record)) this.discarded.push({ shard, record, why: "too old" });
    if (fresh.length === 0 || !this.#running) return;
    const result = await this.target.invoke(eventOf(shard, fresh));
    this.invocations.push({ shard, records: fresh.length, arrivedAt: fresh[0].ApproximateArrivalTimestamp * 1000, begun, ended: Date.now(), attempt, result });
    const left = this.#leftOf(fresh, result);
    if (left.length === 0) return;
    if (left.length < fresh.length) return this.#deliver(shard, left, attempt); // some progress: the count begins anew with the rest
    if (this.bisect && left.length > 1) {
      const middle = Math.ceil(left.length / 2);
      await this.#deliver(shard, left.slice(0, middle), attempt); // cutting does not use up the tries
      return this.#deliver(shard, left.slice(middle), attempt);
    }
    if (attempt >= this.retries) {
      for (const record of left) this.discarded.push({ shard, record, why: "retries exhausted", result });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(1000, 50 * 2 ** attempt)));
    return this.#deliver(shard, left, attempt + 1);
  }

  /** What is to go again: all behind the lowest failure, that one included; all, where the answer is not understood. */
  #leftOf(records, { value, error }) {
    if (error) return records;
    const failures = value?.batchItemFailures;
    if (value === null || failures === undefined || failures === null || failures.length === 0) return [];
    const places = failures.map(({ itemIdentifier }) => records.findIndex((record) => record.SequenceNumber === itemIdentifier));
    if (places.some((place) => place < 0)) return records;
    return records.slice(Math.min(...places));
  }
}
