// Keeps a store clean: records come in, and those that are too old go.
//
// Three tasks, in the order in which they run on a tick where all are due:
//
// - `intake` writes some records, so that there is something to see;
// - `sweep` removes the records that are older than `retention`;
// - `report` logs how many there are.
//
// Configuration: `retention` (a length of time such as `7d` or `90s`, default 60 s), `intake`
// (records per run, default 2) and `seed` (a number that their contents come from, default 1).
//
// Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
// simulation of a year that takes a second, and in a test.

import { Bucket, config, log, Manager, periodicTask, TaskError, type Run } from "@tourbillon/sdk";

import { version } from "../package.json";

/** Records are stored under this prefix; other keys are left alone. */
const PREFIX = "record/";

/** One record, kept as JSON. */
interface StoredRecord {
  readonly created_ms: number;
  /** All 64 bits of it: written as a bigint, and never read back. */
  readonly payload: bigint;
}

/**
 * An instance may be dropped and replaced at any time, so what is kept here is only what can be
 * read again: the configuration.
 */
export default class Janitor extends Manager {
  private retentionMs = 0;
  private intakeCount = 0;
  private seed = 0n;

  /** A wrong value fails here, with its name, before any task runs. */
  override initHost(host: string): void {
    this.retentionMs = config.durationMs("retention") ?? 60_000;
    this.intakeCount = config.uint("intake") ?? 2;
    this.seed = config.bigint("seed") ?? 1n;
    log.info(`cleaning on ${host}: records live for ${inWords(this.retentionMs)}`);
  }

  override serviceVersion(): string {
    return version;
  }

  override serviceConfig(): [string, string][] {
    return [
      ["retention", inWords(this.retentionMs)],
      ["intake", String(this.intakeCount)],
      ["seed", String(this.seed)],
    ];
  }

  @periodicTask({ runImmediately: true, summary: "Takes in new records." })
  intake(run: Run): void {
    const store = Bucket.own();
    for (let n = 0; n < this.intakeCount; n += 1) {
      // The key holds the tick: the same run, started once more, writes the same records and no
      // others.
      const key = `${PREFIX}${String(run.tick).padStart(12, "0")}-${n}`;
      const record: StoredRecord = {
        created_ms: run.scheduledAtMs,
        payload: mix(this.seed, run.tick, n),
      };
      store.setJson(key, record);
    }
  }

  @periodicTask({
    ticksBetweenRuns: 2,
    summary: "Removes records that are older than `retention`.",
  })
  sweep(run: Run): void {
    const oldestMs = Math.max(0, run.scheduledAtMs - this.retentionMs);
    const store = Bucket.own();
    let swept = 0;
    // Deleting while listing is allowed: the list is the one from the beginning.
    for (const key of store.keys()) {
      if (!key.startsWith(PREFIX)) continue;
      if (createdMs(store, key) < oldestMs) {
        store.delete(key);
        swept += 1;
      }
    }
    // If anything above failed, nothing of it was kept, this count included.
    store.increment("swept", swept);
  }

  @periodicTask({ ticksBetweenRuns: 1, summary: "Logs how many records there are." })
  report(): void {
    const store = Bucket.own();
    let kept = 0;
    for (const key of store.keys()) {
      if (key.startsWith(PREFIX)) kept += 1;
    }
    const swept = store.getText("swept") ?? "0";
    log.info(`${kept} records kept, ${swept} swept so far`);
  }
}

/** When a record came in. */
function createdMs(store: Bucket, key: string): number {
  try {
    const record = store.getJson<{ created_ms?: unknown }>(key);
    if (typeof record?.created_ms === "number") return record.created_ms;
  } catch (cause) {
    throw new TaskError("cannot sweep", { cause });
  }
  throw new TaskError(`cannot sweep: ${key} is no record`);
}

/** A length of time as the janitors in other languages write it: `7s`, `1.5s`, `500ms`, `0ns`. */
function inWords(ms: number): string {
  if (ms === 0) return "0ns";
  return ms >= 1_000 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** Numbers that look random and are the same every time (splitmix64), of 64 bits. */
function mix(seed: bigint, tick: number, n: number): bigint {
  const u64 = (value: bigint) => BigInt.asUintN(64, value);
  let x = u64(seed + BigInt(tick) * 0x9e37_79b9_7f4a_7c15n + BigInt(n));
  x = u64((x ^ (x >> 30n)) * 0xbf58_476d_1ce4_e5b9n);
  x = u64((x ^ (x >> 27n)) * 0x94d0_49bb_1331_11ebn);
  return x ^ (x >> 31n);
}
