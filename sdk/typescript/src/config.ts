// The manager's configuration, through wasi:config: strings under string keys, set by the operator
// under `[manager.NAME] config = { … }`.

import { ConfigError } from "./errors.ts";
import { host } from "./host.ts";

const U64_MAX = 0xffff_ffff_ffff_ffffn;

/**
 * The manager's configuration. A missing key is `undefined` and no error; a value that cannot be
 * read as what was asked for is a {@link ConfigError} that names the key and the value.
 */
export const config = {
  /** The value under `key`, if it is set. */
  get: (key: string): string | undefined => host().configGet(key),

  /** Every key and value. */
  all: (): Map<string, string> => new Map(host().configAll()),

  /** A whole number from 0 to 2^53-1. */
  uint: (key: string): number | undefined => read(key, (text) => safe(text, 0)),

  /** A whole number from -(2^53-1) to 2^53-1. */
  int: (key: string): number | undefined =>
    read(key, (text) => safe(text, Number.MIN_SAFE_INTEGER)),

  /** A whole number of any size. */
  bigint: (key: string): bigint | undefined => read(key, wholeNumber),

  /** Any finite number. */
  number: (key: string): number | undefined =>
    read(key, (text) => {
      const number = text === "" ? NaN : Number(text);
      if (!Number.isFinite(number)) throw new Reason("expected a number");
      return number;
    }),

  /** `true` or `false`. */
  bool: (key: string): boolean | undefined =>
    read(key, (text) => {
      if (text === "true") return true;
      if (text === "false") return false;
      throw new Reason("expected true or false");
    }),

  /**
   * A length of time in milliseconds: a whole number with one of the units `ms`, `s`, `m`, `h`,
   * `d`, `w`; without a unit it counts seconds.
   */
  durationMs: (key: string): number | undefined => read(key, durationMs),
} as const;

/** What is wrong with a value; the key is added on the way out. */
class Reason extends Error {}

function read<T>(key: string, parse: (text: string) => T): T | undefined {
  const value = config.get(key);
  if (value === undefined) return undefined;
  try {
    return parse(value.trim());
  } catch (reason) {
    if (!(reason instanceof Reason)) throw reason;
    throw new ConfigError(`config ${key} = ${JSON.stringify(value)}: ${reason.message}`, key);
  }
}

function wholeNumber(text: string): bigint {
  if (!/^[+-]?[0-9]+$/.test(text)) throw new Reason("expected a whole number");
  return BigInt(text.replace(/^\+/, ""));
}

function safe(text: string, least: number): number {
  const most = Number.MAX_SAFE_INTEGER;
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new Reason(`expected a whole number from ${String(least)} to ${String(most)}`);
}

const MS_PER_UNIT = new Map([
  ["ms", 1n],
  ["", 1_000n],
  ["s", 1_000n],
  ["m", 60_000n],
  ["h", 3_600_000n],
  ["d", 86_400_000n],
  ["w", 604_800_000n],
]);

function durationMs(text: string): number {
  const digits = /^[0-9]*/.exec(text)?.[0] ?? "";
  const unit = text.slice(digits.length).trimStart();
  const msPerUnit = MS_PER_UNIT.get(unit);
  if (msPerUnit === undefined) {
    throw new Reason(`unknown unit ${JSON.stringify(unit)}: use ms, s, m, h, d or w`);
  }
  const number = digits === "" ? U64_MAX + 1n : BigInt(digits);
  if (number > U64_MAX) {
    throw new Reason("expected a whole number and a unit, like 7d, 90s or 500ms");
  }
  const ms = number * msPerUnit;
  if (ms > BigInt(Number.MAX_SAFE_INTEGER)) throw new Reason("longer than can be counted");
  return Number(ms);
}
