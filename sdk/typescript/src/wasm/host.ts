// The host behind the imports. Nothing here decides anything: types are translated, no more.

import * as rawContext from "tourbillon:manager/context@0.1.0";
import * as rawExit from "wasi:cli/exit@0.2.12";
import * as rawConfig from "wasi:config/store@0.2.0-rc.1";
import * as rawAtomics from "wasi:keyvalue/atomics@0.2.0-draft";
import * as rawStore from "wasi:keyvalue/store@0.2.0-draft";
import * as rawLog from "wasi:logging/logging@0.1.0-draft";

import { ConfigError, failureOf, StoreError } from "../errors.ts";
import type { Host, HostBucket } from "../host.ts";
import { withTrace } from "../trace.ts";
import { wellFormed } from "../utf8.ts";
import { mayLackMemory } from "./exhaustion.ts";

/** Open buckets of this instance: a handle for each name, however often it is asked for. */
const open = new Map<string, HostBucket>();

export const wasmHost: Host = {
  context: rawContext,

  log(level, context, message) {
    rawLog.log(level, wellFormed(context), wellFormed(message));
  },

  configGet(key) {
    return configured(() => rawConfig.get(wellFormed(key))) ?? undefined;
  },

  configAll() {
    return configured(() => rawConfig.getAll());
  },

  openBucket(name) {
    const known = open.get(name);
    if (known !== undefined) return known;
    const bucket = wrap(stored(() => rawStore.open(wellFormed(name)), name));
    open.set(name, bucket);
    return bucket;
  },

  mayLackMemory() {
    return mayLackMemory(rawContext);
  },

  abort(error) {
    this.log("critical", "abort", withTrace(failureOf(error).message, error));
    rawExit.exit({ tag: "err" });
    throw error;
  },
};

function wrap(bucket: rawStore.Bucket): HostBucket {
  return {
    get: (key) => stored(() => bucket.get(key)) ?? undefined,
    set: (key, value) => stored(() => bucket.set(key, value)),
    delete: (key) => stored(() => bucket.delete(key)),
    exists: (key) => stored(() => bucket.exists(key)),
    increment: (key, delta) => stored(() => rawAtomics.increment(bucket, key, delta)),
    listKeys: (cursor) => {
      const page = stored(() => bucket.listKeys(cursor ?? null));
      return { keys: page.keys, cursor: page.cursor ?? undefined };
    },
  };
}

/** The error of a `result`, where it is one. */
function payload(thrown: unknown): { readonly tag: string; readonly val?: string } | undefined {
  return (thrown as { payload?: { tag: string; val?: string } } | null)?.payload;
}

function configured<T>(f: () => T): T {
  try {
    return f();
  } catch (thrown) {
    const reason = payload(thrown);
    if (reason === undefined) throw thrown;
    throw new ConfigError(`the host cannot read its configuration: ${reason.val ?? reason.tag}`);
  }
}

function stored<T>(f: () => T, bucket = ""): T {
  try {
    return f();
  } catch (thrown) {
    const reason = payload(thrown);
    if (reason === undefined) throw thrown;
    throw storeError(reason.tag, reason.val ?? "", bucket);
  }
}

function storeError(tag: string, reason: string, bucket: string): StoreError {
  if (tag === "no-such-store") {
    const name = JSON.stringify(bucket);
    return new StoreError("no-such-store", `no bucket ${name} is granted to this manager`);
  }
  if (tag === "access-denied") {
    return new StoreError("access-denied", "the host denies access to the bucket");
  }
  if (reason.startsWith("quota: ")) {
    return new StoreError("quota", `over the bucket's quota: ${reason.slice("quota: ".length)}`);
  }
  return new StoreError("other", `the store failed: ${reason}`);
}
