// All conformance scenarios in one manager. The host runs the same ones in every language and
// compares what comes out. A task does its deed only if the configuration has a key of its name
// ("armed"), and is done at once otherwise.

import {
  abort,
  Bucket,
  config,
  context,
  log,
  periodicTask,
  skip,
  TaskError,
  type Run,
  type Skip,
} from "@tourbillon/sdk";

import { Base } from "./base.ts";

export default class Conformance extends Base {
  private runs = 0;

  override initHost(host: string): void {
    log.info(`init on ${host}`);
    const failure = config.get("fail-init");
    if (failure !== undefined) throw new TaskError(failure);
  }

  override serviceVersion(): string {
    return "1.2.3";
  }

  override serviceConfig(): [string, string][] {
    return [["suite", "conformance"]];
  }

  @periodicTask({ ticksBetweenRuns: 2, summary: "Of the child" })
  override overridden(): void {
    log.info("child, then");
    super.overridden();
  }

  override kept(): void {
    log.info("kept, by the child");
    super.kept();
  }

  @periodicTask
  fail(): void {
    const message = config.get("fail");
    if (message !== undefined) throw new TaskError(message);
  }

  @periodicTask
  failLater(): void {
    const ticks = config.uint("fail-later");
    if (ticks !== undefined) throw new TaskError("later", { ticksToSkip: ticks });
  }

  @periodicTask
  trap(): void {
    if (config.get("trap") !== undefined) deepIn();
  }

  @periodicTask
  crash(): void {
    if (config.get("crash") !== undefined) throw new Error("uncaught on purpose");
  }

  @periodicTask
  delay(): Skip | undefined {
    const ticks = config.uint("delay");
    return ticks === undefined ? undefined : skip(ticks);
  }

  @periodicTask
  spin(): void {
    if (config.get("spin") === undefined) return;
    for (;;);
  }

  @periodicTask
  grow(): void {
    if (config.get("grow") === undefined) return;
    const hoard: Uint8Array[] = [];
    for (;;) hoard.push(new Uint8Array(1 << 20));
  }

  @periodicTask
  config(): void {
    log.info(`config: ${config.get("text") ?? "none"}`);
    log.info(`config: ${config.all().size} keys`);
  }

  @periodicTask
  store(): void {
    const armed = config.get("store");
    const store = Bucket.own();
    if (armed === "fail") {
      store.set("poison", "1");
      throw new TaskError("on purpose");
    }
    if (armed !== "ok") return;
    store.set("a", "1");
    const read = store.getText("a");
    if (read !== "1") throw new TaskError(`a reads ${String(read)}`);
    if (!store.exists("a")) throw new TaskError("a does not exist");
    store.increment("n", 2);
    store.set("b", "x");
    store.delete("b");
    const keys = [...store.keys()].filter((key) => ["a", "b", "n"].includes(key));
    log.info(`store: ${keys.join(",")}`);
  }

  @periodicTask
  unicode(): void {
    if (config.get("unicode") === undefined) return;
    const store = Bucket.own();
    store.set("ключ/🦀", "значение ✓ 漢字");
    log.info(`unicode: ${store.getText("ключ/🦀") ?? "none"}`);
  }

  @periodicTask
  values(): void {
    if (config.get("values") === undefined) return;
    const store = Bucket.own();
    const huge = patterned(61_440);
    store.set("empty", new Uint8Array(0));
    store.set("huge", huge);
    const empty = store.get("empty");
    const read = store.get("huge");
    if (empty?.length !== 0) throw new TaskError("empty is not empty");
    if (read === undefined || !same(read, huge)) throw new TaskError("huge is not what it was");
    log.info(`values: ${empty.length} and ${read.length}`);
  }

  @periodicTask
  instances(): void {
    if (config.get("instances") === undefined) return;
    this.runs += 1;
    const stored = Bucket.own().increment("instances", 1);
    log.info(`instances: ${this.runs} in memory, ${stored} stored`);
  }

  @periodicTask
  levels(): void {
    if (config.get("levels") === undefined) return;
    log.trace("a trace");
    log.debug("a debug");
    log.info("an info");
    log.warn("a warn");
    log.error("an error");
    log.critical("a critical");
  }

  @periodicTask
  identity(run: Run): void {
    if (config.get("identity") === undefined) return;
    const { id, task, tick, scheduledAtMs } = run;
    const rest = [context.manager(), context.host(), context.attempt(), context.trigger()];
    log.info(`identity: ${[id, task, tick, scheduledAtMs, ...rest].join(" ")}`);
  }
}

function deepIn(): void {
  theCage();
}

function theCage(): void {
  abort("trapped on purpose");
}

/** Bytes of which the i-th is i % 251; the engine copies them faster than a loop would. */
function patterned(length: number): Uint8Array {
  const pattern = Uint8Array.from({ length: 251 }, (_, i) => i);
  const bytes = new Uint8Array(Math.ceil(length / 251) * 251);
  for (let at = 0; at < bytes.length; at += 251) bytes.set(pattern, at);
  return bytes.slice(0, length);
}

/** Whether two arrays of a length that 8 divides hold the same bytes, eight at a time. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  const words = (bytes: Uint8Array) => new BigUint64Array(bytes.slice().buffer);
  const other = words(b);
  return a.length === b.length && words(a).every((word, i) => word === other[i]);
}
