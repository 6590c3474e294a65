// The host as the SDK sees it: the imports of a component, or a small host in memory in tests.

import type { Level } from "./log.ts";

/** An open bucket of the store. Every method may throw a `StoreError`. */
export interface HostBucket {
  get(key: string): Uint8Array | undefined;
  set(key: string, value: Uint8Array): void;
  delete(key: string): void;
  exists(key: string): boolean;
  increment(key: string, delta: number): number;
  /** A page of keys, and the cursor of the next page unless this is the last one. */
  listKeys(cursor: number | undefined): { keys: string[]; cursor: number | undefined };
}

/** What a manager may ask about the run in progress. */
export interface HostContext {
  manager(): string;
  host(): string;
  attempt(): number;
  fence(): number;
  trigger(): string;
  fuelGranted(): number;
  fuelLeft(): number;
  timeLimitMs(): number;
  missedBefore(): number;
}

/** Everything that the SDK asks of a host. */
export interface Host {
  readonly context: HostContext;
  log(level: Level, context: string, message: string): void;
  configGet(key: string): string | undefined;
  configAll(): (readonly [string, string])[];
  openBucket(name: string): HostBucket;
  /** Whether a thrown `null` may be the engine's answer where it gets no memory. */
  mayLackMemory(): boolean;
  /** Ends the run with a trap, after logging the error as critical. */
  abort(error: Error): never;
}

let current: Host | undefined;

/** The host behind the SDK's functions. */
export function host(): Host {
  if (current === undefined) {
    throw new Error(
      "there is no host here: a manager may ask it in initHost and in tasks, not while its " +
        "modules are loaded (that is when it is built); in tests, inside of a Harness",
    );
  }
  return current;
}

/** Calls `f` with this host behind the SDK's functions. */
export function withHost<T>(next: Host, f: () => T): T {
  const before = current;
  current = next;
  try {
    return f();
  } finally {
    current = before;
  }
}
