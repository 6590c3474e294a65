// Messages to the host's log, through wasi:logging.

import { host } from "./host.ts";

/** How serious a message is, from the least to the most. */
export type Level = "trace" | "debug" | "info" | "warn" | "error" | "critical";

/** Writes messages that belong to one thing. */
export interface Logger {
  /** The finest detail. */
  trace(message: string): void;
  /** For whoever looks for a fault. */
  debug(message: string): void;
  /** Ordinary course of events. */
  info(message: string): void;
  /** Something unexpected that did no harm yet. */
  warn(message: string): void;
  /** Something went wrong. */
  error(message: string): void;
  /** Something went wrong that needs a person. */
  critical(message: string): void;
  /** A message at a level that is known only now. */
  log(level: Level, message: string): void;
}

/**
 * A logger whose messages carry `context`, which the host keeps as a field.
 *
 * The host adds the manager, task, tick and run. Lines or bytes over the run's limit are dropped
 * and counted, and never end a run.
 */
export function logger(context: string): Logger {
  return loggerOf(() => context);
}

let fallback = "";

/** Sets what messages of {@link log} belong to: the class of the manager. */
export function setLogContext(context: string): void {
  fallback = context;
}

/** The logger of the manager; its messages carry the name of the manager's class. */
export const log: Logger = loggerOf(() => fallback);

function loggerOf(context: () => string): Logger {
  // What is no text all the same becomes what `console.log` would show of it.
  const at = (level: Level) => (message: string) => host().log(level, context(), String(message));
  return {
    trace: at("trace"),
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    critical: at("critical"),
    log: (level, message) => at(level)(message),
  };
}
