// The class that every manager extends.

/**
 * A manager of periodic tasks, as OpenStack's `Manager` is: extend it, mark methods with
 * `@periodicTask`, and export the class as the default export of `src/manager.ts`.
 *
 * The host may drop an instance at any time and make another one, with `new` and no arguments:
 * fields are a cache, and what must last belongs into the store.
 */
export abstract class Manager {
  /**
   * Prepares this instance on the host of this name; called before its first run. What it stores
   * is kept if it succeeds. Does nothing by default.
   *
   * An error keeps the instance from working: its manager is then *not ready*, and the host tries
   * again on a later tick.
   */
  initHost(_host: string): void {}

  /** The version of the service, for people. Empty by default. */
  serviceVersion(): string {
    return "";
  }

  /**
   * The configuration that the service runs with, for people: names and values. Never put a secret
   * here. Empty by default.
   */
  serviceConfig(): Iterable<readonly [name: string, value: string]> {
    return [];
  }
}
