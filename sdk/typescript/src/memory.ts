// A host in memory, for tests of managers.
//
// It keeps the promises that a manager can see (own writes are read, keys come in byte order and
// in pages, increments are decimal text) and knows no schedule: `testing` has that.

import { failureOf, StoreError } from "./errors.ts";
import type { Host, HostBucket, HostContext } from "./host.ts";
import type { Level } from "./log.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/** One message that the manager logged. */
export interface LogLine {
  /** How serious it is. */
  readonly level: Level;
  /** What it belongs to; by default the manager's class. */
  readonly context: string;
  /** The message. */
  readonly message: string;
}

type Values = Map<string, Uint8Array>;

/** As many keys as the real host puts on a page. */
const PAGE = 1_000;
const LEVELS: readonly Level[] = ["trace", "debug", "info", "warn", "error", "critical"];
const U64_MAX = 0xffff_ffff_ffff_ffffn;

export class MemoryHost implements Host {
  readonly config: Map<string, string>;
  /** What started the run in progress; empty outside of a run. */
  trigger: "" | "schedule" | "operator" = "";
  readonly #buckets = new Map<string, Values>([["default", new Map()]]);
  readonly #lists = new Map<number, string[]>();
  #lastCursor = 0;
  #log: LogLine[] = [];

  constructor(config: Readonly<Record<string, string>>, buckets: readonly string[]) {
    this.config = new Map(Object.entries(config));
    for (const name of buckets) this.#buckets.set(name, new Map());
  }

  readonly context: HostContext = {
    manager: () => "test",
    host: () => "test",
    attempt: () => (this.trigger === "" ? 0 : 1),
    fence: () => 1,
    trigger: () => this.trigger,
    fuelGranted: () => (this.trigger === "" ? 0 : 100_000_000),
    fuelLeft: () => (this.trigger === "" ? 0 : 100_000_000),
    timeLimitMs: () => (this.trigger === "" ? 0 : 5_000),
    missedBefore: () => 0,
  };

  /** The values of the manager's own bucket. */
  get own(): Values {
    return this.#values("default");
  }

  log(level: Level, context: string, message: string): void {
    this.#log.push({ level, context, message });
  }

  takeLog(from: Level): LogLine[] {
    const taken = this.#log.filter(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf(from));
    this.#log = [];
    return taken;
  }

  configGet(key: string): string | undefined {
    return this.config.get(key);
  }

  configAll(): [string, string][] {
    return [...this.config];
  }

  /** Engines that run tests throw no `null` of their own. */
  mayLackMemory(): boolean {
    return false;
  }

  abort(error: Error): never {
    this.log("critical", "abort", failureOf(error).message);
    throw error;
  }

  openBucket(identifier: string): HostBucket {
    const name = identifier === "" ? "default" : identifier;
    if (!this.#buckets.has(name)) {
      const told = JSON.stringify(name);
      throw new StoreError("no-such-store", `no bucket ${told} is granted to this manager`);
    }
    return {
      get: (key) => this.#values(name).get(key)?.slice(),
      set: (key, value) => void this.#values(name).set(key, value.slice()),
      delete: (key) => void this.#values(name).delete(key),
      exists: (key) => this.#values(name).has(key),
      increment: (key, delta) => this.#increment(this.#values(name), key, delta),
      listKeys: (cursor) => this.#listKeys(this.#values(name), cursor),
    };
  }

  /** A copy of all buckets. */
  snapshot(): Map<string, Values> {
    return new Map(Array.from(this.#buckets, ([name, values]) => [name, new Map(values)]));
  }

  /** Puts back what `snapshot` copied. */
  restore(buckets: Map<string, Values>): void {
    for (const [name, values] of buckets) this.#buckets.set(name, values);
  }

  #values(name: string): Values {
    return this.#buckets.get(name) ?? new Map();
  }

  #increment(values: Values, key: string, delta: number): number {
    const bytes = values.get(key);
    const text = bytes === undefined ? "0" : String.fromCharCode(...bytes);
    if (!/^[0-9]+$/.test(text)) {
      throw new StoreError("other", "the store failed: the value is not a decimal number");
    }
    const sum = BigInt(text) + BigInt(delta);
    if (sum > U64_MAX) {
      throw new StoreError("other", "the store failed: the sum does not fit into 64 bits");
    }
    values.set(key, encodeUtf8(String(sum)));
    return Number(sum);
  }

  #listKeys(values: Values, cursor: number | undefined) {
    const rest = cursor === undefined ? sortedByBytes(values) : this.#lists.get(cursor);
    if (rest === undefined) {
      throw new StoreError("other", `the store failed: no list has the cursor ${String(cursor)}`);
    }
    const keys = rest.splice(0, PAGE);
    if (rest.length === 0) return { keys, cursor: undefined };
    this.#lastCursor += 1;
    this.#lists.set(this.#lastCursor, rest);
    return { keys, cursor: this.#lastCursor };
  }
}

/** UTF-16 sorts some characters otherwise than their bytes do. */
function sortedByBytes(values: Values): string[] {
  const binary = (text: string) => String.fromCharCode(...encodeUtf8(text));
  return Array.from(values.keys(), binary)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => decodeUtf8(Uint8Array.from(key, (byte) => byte.charCodeAt(0))));
}
