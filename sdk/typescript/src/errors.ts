// Why a task failed: an error of the author's making, and how any thrown thing becomes one line.

import { authorFrame } from "./trace.ts";

/** What may be said of a failure beside its message. */
export interface TaskErrorOptions {
  /** How many ticks to skip before the next run, once; the host clamps it to a configured range. */
  readonly ticksToSkip?: number;
  /** What led to it; its message is appended to this one's, after a colon. */
  readonly cause?: unknown;
}

/**
 * The failure of a run, on purpose: `throw new TaskError("the API is down", { ticksToSkip: 5 })`.
 *
 * The host sees the message as it is (one line, cut after 4 KiB). What the run wrote to the store
 * is undone. Any other error that a task throws is a failure as well, and is logged with its trace.
 */
export class TaskError extends Error {
  override readonly name: string = "TaskError";
  /** How many ticks to skip before the next run, if asked for: a whole number from 0 to 2^32-1. */
  readonly ticksToSkip: number | undefined;

  /**
   * @throws RangeError if `ticksToSkip` is no whole number from 0 to 2^32-1
   * @throws TypeError if there is an option of another name
   */
  constructor(message: string, options: TaskErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    checkOptions("TaskError", options, ["ticksToSkip", "cause"]);
    if (options.ticksToSkip !== undefined) checkTicks("ticksToSkip", options.ticksToSkip);
    this.ticksToSkip = options.ticksToSkip;
  }
}

/** Why a value of the configuration could not be had. */
export class ConfigError extends Error {
  override readonly name: string = "ConfigError";
  /** The key that was asked for; undefined if the host could not read its configuration. */
  readonly key: string | undefined;

  constructor(message: string, key?: string) {
    super(message);
    this.key = key;
  }
}

/** What kind of refusal a {@link StoreError} is. */
export type StoreErrorKind = "no-such-store" | "access-denied" | "quota" | "invalid" | "other";

/** Why the store refused. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
  /**
   * - `no-such-store`: there is no bucket of this name, or it is not granted to this manager;
   * - `access-denied`: not in this way, or not at this moment;
   * - `quota`: more bytes or keys than granted, nothing was stored;
   * - `invalid`: a value is not what was asked for (no UTF-8, no JSON), or a key is no text;
   * - `other`: anything else, in the host's words.
   */
  readonly kind: StoreErrorKind;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** A failed run, as the host is told of it. */
export interface Failure {
  /** One line for people. */
  readonly message: string;
  /** How many ticks to skip before the next run, if asked for. */
  readonly ticksToSkip: number | undefined;
}

/**
 * Any thrown thing as a failure. A {@link TaskError} speaks for itself; others, those of this SDK too,
 * get their name before the message and the author's file and line behind it.
 */
export function failureOf(thrown: unknown): Failure {
  const ticksToSkip = thrown instanceof TaskError ? thrown.ticksToSkip : undefined;
  return { message: oneLine(chain(thrown)), ticksToSkip };
}

/** Whether this was thrown on purpose, and needs no trace in the log. */
export function isDeliberate(thrown: unknown): boolean {
  return thrown instanceof TaskError;
}

/** Line breaks and other control characters become spaces: a message is one line of a log. */
export function oneLine(text: string): string {
  return text.split(/[\u0000-\u001f\u007f-\u009f]+/).filter((part) => part !== "").join(" ");
}

/** @throws RangeError unless `ticks` is a whole number from 0 to 2^32-1 */
export function checkTicks(what: string, ticks: number): void {
  if (!Number.isInteger(ticks) || ticks < 0 || ticks > 0xffff_ffff) {
    throw new RangeError(`${what} is ${String(ticks)}, but must be a whole number from 0 to 2^32-1`);
  }
}

/** @throws TypeError if an option is there that is none of the known ones */
export function checkOptions(what: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new TypeError(`${what} takes no option ${JSON.stringify(name)}, but ${known.join(", ")}`);
  }
}

/** What a value is, for whoever gave a wrong one. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  return `an object of ${Object.getPrototypeOf(value)?.constructor?.name ?? "no class"}`;
}

/** So many errors of an AggregateError are told, with so many characters of each. */
const [MOST_TOLD, WIDEST] = [3, 200];

/** The message and those of the causes, joined with ": ". */
function chain(thrown: unknown): string {
  let message = describeAll(thrown);
  const seen = new Set<unknown>([thrown]);
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  while (cause !== undefined && !seen.has(cause)) {
    seen.add(cause);
    const text = describeAll(cause);
    // Some errors already repeat their cause at their end; twice helps nobody.
    if (!message.endsWith(text)) message += `: ${text}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return message;
}

/** The message and, behind that of an AggregateError, the first of those that it holds. */
function describeAll(thrown: unknown): string {
  const message = describe(thrown);
  if (!(thrown instanceof AggregateError) || !Array.isArray(thrown.errors)) return message;
  const errors: unknown[] = thrown.errors;
  const told = errors.slice(0, MOST_TOLD).map((error) => cut(textOf(error)));
  if (errors.length > MOST_TOLD) told.push(`and ${errors.length - MOST_TOLD} more`);
  return told.length === 0 ? message : `${message}: ${told.join("; ")}`;
}

function cut(text: string): string {
  return text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error || typeof thrown === "string") return textOf(thrown);
  return `a task threw ${inspect(thrown)}`;
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown === "string" ? thrown : inspect(thrown);
  if (thrown instanceof TaskError) return thrown.message;
  const at = authorFrame(thrown);
  return `${thrown.name}: ${thrown.message}${at === undefined ? "" : ` (${at})`}`;
}

function inspect(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
