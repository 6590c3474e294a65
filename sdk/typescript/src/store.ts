// The manager's durable state, through wasi:keyvalue: bytes under string keys, in buckets.
//
// What a run writes is kept only if the run succeeds, all of it at once; a run reads its own
// writes. Values and keys count against the manager's quota.

import { kindOf, StoreError } from "./errors.ts";
import { host, type HostBucket } from "./host.ts";
import { toJson } from "./json.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

/**
 * An open bucket. Every method throws a {@link StoreError} if the host refuses.
 *
 * Opening is one call to the host for each name and instance; the handle is good as long as its
 * instance.
 */
export class Bucket {
  readonly #bucket: HostBucket;

  private constructor(bucket: HostBucket) {
    this.#bucket = bucket;
  }

  /** The manager's own bucket. */
  static own(): Bucket {
    return Bucket.open("default");
  }

  /** A bucket that the operator granted under this name; `no-such-store` if none is. */
  static open(name: string): Bucket {
    if (typeof name !== "string") throw new TypeError(`a bucket's name is text, not ${kindOf(name)}`);
    return new Bucket(host().openBucket(name));
  }

  /** The value under `key`. */
  get(key: string): Uint8Array | undefined {
    return this.#bucket.get(checked(key));
  }

  /** The value under `key` as text; `invalid` if it is not UTF-8. */
  getText(key: string): string | undefined {
    const bytes = this.get(key);
    if (bytes === undefined) return undefined;
    try {
      return decodeUtf8(bytes);
    } catch {
      throw new StoreError("invalid", `value of key ${JSON.stringify(key)}: not UTF-8`);
    }
  }

  /**
   * The number under `key`, as {@link increment} keeps it; `invalid` if it is none, or above 2^53-1.
   */
  getNumber(key: string): number | undefined {
    const bytes = this.get(key);
    if (bytes === undefined) return undefined;
    const text = String.fromCharCode(...bytes.subarray(0, 32));
    const number = bytes.length <= 32 && /^[0-9]+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(number)) return number;
    throw invalid(key, `expected a whole number from 0 to ${String(Number.MAX_SAFE_INTEGER)}`);
  }

  /**
   * The value under `key` read as JSON; `invalid` if it is none.
   *
   * That it is a `T` is the caller's word. Whole numbers above 2^53 are rounded, as `JSON.parse`
   * does it; {@link getText} has them exactly.
   */
  getJson<T>(key: string): T | undefined {
    const text = this.getText(key);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw invalid(key, error);
    }
  }

  /**
   * Puts `value`, bytes or text, under `key`, in place of what was there.
   *
   * @throws TypeError if it is neither; {@link setJson} takes any other
   */
  set(key: string, value: Uint8Array | string): void {
    const bytes = typeof value === "string" ? encodeUtf8(value) : value;
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(
        `the value of key ${JSON.stringify(key)} is ${kindOf(value)}: set takes text or a Uint8Array, and setJson the rest`,
      );
    }
    this.#bucket.set(checked(key), bytes);
  }

  /**
   * Puts `value` under `key` as JSON without spaces. A bigint is written as a plain whole number;
   * `invalid` if the value has a cycle or is nothing that JSON knows.
   */
  setJson(key: string, value: unknown): void {
    let text: string;
    try {
      text = toJson(value);
    } catch (error) {
      throw invalid(key, error);
    }
    this.set(key, text);
  }

  /** Removes `key`; that there was none is no error. */
  delete(key: string): void {
    this.#bucket.delete(checked(key));
  }

  /** Whether there is a value under `key`. */
  exists(key: string): boolean {
    return this.#bucket.exists(checked(key));
  }

  /**
   * Adds `delta` to the number under `key`, which starts at 0, and returns the sum. The number is
   * kept as decimal text. The host counts up to 2^64-1; numbers here are exact up to 2^53-1, and
   * more is an error, as is a value that is no number.
   *
   * @throws RangeError if `delta` is no whole number from 0 to 2^53-1
   */
  increment(key: string, delta = 1): number {
    if (!Number.isSafeInteger(delta) || delta < 0) {
      throw new RangeError(`delta is ${String(delta)}, but must be a whole number from 0 to 2^53-1`);
    }
    const sum = this.#bucket.increment(checked(key), delta);
    if (!Number.isSafeInteger(sum)) {
      throw new StoreError("other", `the sum under key ${JSON.stringify(key)} is above 2^53-1`);
    }
    return sum;
  }

  /**
   * All keys in the order of their bytes, asked for page by page as the loop advances.
   *
   * The list is the one that stood when the first page was asked for: deleting while listing
   * skips none.
   */
  *keys(): Generator<string, void, undefined> {
    let cursor: number | undefined;
    do {
      const page = this.#bucket.listKeys(cursor);
      yield* page.keys;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

/** The host takes nothing but UTF-8, and two keys must not become one. */
function checked(key: string): string {
  if (typeof key !== "string") throw new TypeError(`a key is text, not ${kindOf(key)}`);
  if (!key.isWellFormed()) {
    throw new StoreError("invalid", `key ${JSON.stringify(key)} holds half of a surrogate pair`);
  }
  return key;
}

function invalid(key: string, error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError("invalid", `value of key ${JSON.stringify(key)}: ${reason}`);
}
