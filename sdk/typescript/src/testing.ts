// Tests of a manager without WebAssembly, in node's own test runner or any other.
//
// A Harness is a small host in memory. It drives a manager through ticks by the same rules as the
// real host (periods, first runs, asked-for delays, writes kept only on success), but without
// limits: a task that never ends hangs the test.

import { withHost } from "./host.ts";
import { Instance, type ManagerClass, type Outcome } from "./lifecycle.ts";
import type { Level } from "./log.ts";
import type { Manager } from "./manager.ts";
import { MemoryHost, type LogLine } from "./memory.ts";
import { Bucket } from "./store.ts";
import type { Task } from "./task.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

export type { Failure } from "./errors.ts";
export type { Outcome } from "./lifecycle.ts";
export type { LogLine } from "./memory.ts";

/** What a harness may be told. */
export interface HarnessOptions {
  /** What `config` answers. */
  readonly config?: Readonly<Record<string, string>>;
  /** Names of buckets that are granted beside the manager's own. */
  readonly buckets?: readonly string[];
  /** How many milliseconds pass from tick to tick; 10,000 by default. */
  readonly everyMs?: number;
}

/** The outcome of one task at one tick. */
export interface Ran {
  /** The task's name. */
  readonly task: string;
  /** How its run ended. */
  readonly outcome: Outcome;
}

/**
 * Drives one manager, tick by tick.
 *
 * ```ts
 * const harness = new Harness(Janitor, { config: { retention: "30s" } });
 * harness.initHost();
 * harness.ticks(12);
 * assert.equal(harness.text("swept"), "8");
 * ```
 */
export class Harness<M extends Manager> {
  readonly #host: MemoryHost;
  readonly #instance: Instance<M>;
  readonly #counters: Map<string, { readonly period: number; left: number }>;
  readonly #everyMs: number;
  #tick = 0;

  /** A manager that has not been initialized, before its first tick. */
  constructor(manager: ManagerClass<M>, options: HarnessOptions = {}) {
    this.#host = new MemoryHost(options.config ?? {}, options.buckets ?? []);
    this.#instance = new Instance(manager, this.#host);
    this.#everyMs = options.everyMs ?? 10_000;
    this.#counters = new Map(
      this.tasks.map(({ name, ticksBetweenRuns: period, runImmediately }) => [
        name,
        { period, left: runImmediately ? 0 : period },
      ]),
    );
  }

  /** The tasks in the order in which they run. */
  get tasks(): readonly Task[] {
    return this.#instance.tasks;
  }

  /** The manager itself. */
  get manager(): M {
    return this.#instance.with((manager) => manager);
  }

  /** Calls `f` with the manager, and with this host behind the SDK's functions. */
  with<T>(f: (manager: M) => T): T {
    return this.#instance.with(f);
  }

  /**
   * Calls `initHost`.
   *
   * @throws Error with the message that the host would get; what was stored is then undone
   */
  initHost(): void {
    const failure = this.#keptIfOk(() => this.#instance.initHost("test"), (f) => f === undefined);
    if (failure !== undefined) throw new Error(failure.message);
  }

  /** One tick: the outcome of each task that was due, in order. */
  tick(): Ran[] {
    this.#tick += 1;
    const due: string[] = [];
    for (const [task, counter] of this.#counters) {
      if (counter.left === 0) {
        counter.left = counter.period;
        due.push(task);
      } else {
        counter.left -= 1;
      }
    }
    return due.map((task) => {
      const outcome = this.#run(task, "schedule");
      const counter = this.#counters.get(task);
      if (counter !== undefined && outcome.ticksToSkip !== undefined) {
        counter.left = outcome.ticksToSkip;
      }
      return { task, outcome };
    });
  }

  /** So many ticks: the outcomes of all of them. */
  ticks(ticks: number): Ran[] {
    return Array.from({ length: ticks }, () => this.tick()).flat();
  }

  /** Runs a task now, as an operator would, and leaves its counter alone. */
  trigger(task: string): Outcome {
    return this.#run(task, "operator");
  }

  /** Sets a value of the configuration. */
  setConfig(key: string, value: string): void {
    this.#host.config.set(key, value);
  }

  /** The value in the manager's own bucket, as bytes. */
  stored(key: string): Uint8Array | undefined {
    return this.#host.own.get(key)?.slice();
  }

  /** The value in the manager's own bucket, as text. */
  text(key: string): string | undefined {
    const bytes = this.stored(key);
    return bytes === undefined ? undefined : decodeUtf8(bytes);
  }

  /** Puts a value into the manager's own bucket. */
  store(key: string, value: Uint8Array | string): void {
    this.#host.own.set(key, typeof value === "string" ? encodeUtf8(value) : value.slice());
  }

  /** The keys in the manager's own bucket, in the order of their bytes. */
  keys(): string[] {
    return this.with(() => [...Bucket.own().keys()]);
  }

  /** Takes what was logged since the last call, from this level on. */
  takeLog(from: Level = "trace"): LogLine[] {
    return this.#host.takeLog(from);
  }

  #run(task: string, trigger: "schedule" | "operator"): Outcome {
    const run = {
      id: `test/${task}/${this.#tick}`,
      task,
      tick: this.#tick,
      scheduledAtMs: this.#tick * this.#everyMs,
    };
    this.#host.trigger = trigger;
    try {
      return this.#keptIfOk(() => this.#instance.run(run), (outcome) => outcome.ok);
    } finally {
      this.#host.trigger = "";
    }
  }

  /** All or nothing: what `f` stored is undone if it fails. */
  #keptIfOk<T>(f: () => T, isOk: (result: T) => boolean): T {
    const before = this.#host.snapshot();
    const result = withHost(this.#host, f);
    if (!isOk(result)) this.#host.restore(before);
    return result;
  }
}
