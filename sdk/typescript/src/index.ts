// What managers import: the class, the decorator, and the host's services.

export { config } from "./config.ts";
export {
  ConfigError,
  StoreError,
  TaskError,
  type StoreErrorKind,
  type TaskErrorOptions,
} from "./errors.ts";
export { toJson } from "./json.ts";
export { log, logger, type Level, type Logger } from "./log.ts";
export { Manager } from "./manager.ts";
export { abort, context, type Run } from "./run.ts";
export { Bucket } from "./store.ts";
export {
  periodicTask,
  skip,
  Skip,
  type Task,
  type TaskMethod,
  type TaskOptions,
  type TaskResult,
} from "./task.ts";
export { decodeUtf8, encodeUtf8 } from "./utf8.ts";
