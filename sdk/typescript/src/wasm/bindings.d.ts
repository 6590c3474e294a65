// The imports of world `tourbillon:typescript/guest`, as componentize-qjs binds them: u64 is a
// number, an option is null, and a result is returned or thrown (as an error with a `payload`).

declare module "tourbillon:manager/context@0.1.0" {
  export function manager(): string;
  export function host(): string;
  export function attempt(): number;
  export function fence(): number;
  export function trigger(): string;
  export function fuelGranted(): number;
  export function fuelLeft(): number;
  export function timeLimitMs(): number;
  export function missedBefore(): number;
}

declare module "wasi:logging/logging@0.1.0-draft" {
  export function log(level: string, context: string, message: string): void;
}

declare module "wasi:config/store@0.2.0-rc.1" {
  export function get(key: string): string | null;
  export function getAll(): [string, string][];
}

declare module "wasi:keyvalue/store@0.2.0-draft" {
  export interface Bucket {
    get(key: string): Uint8Array | null;
    set(key: string, value: Uint8Array): void;
    delete(key: string): void;
    exists(key: string): boolean;
    listKeys(cursor: number | null): { keys: string[]; cursor: number | null };
  }
  export function open(identifier: string): Bucket;
}

declare module "wasi:keyvalue/atomics@0.2.0-draft" {
  import type { Bucket } from "wasi:keyvalue/store@0.2.0-draft";
  export function increment(bucket: Bucket, key: string, delta: number): number;
}

declare module "wasi:clocks/wall-clock@0.2.12" {
  export function now(): { seconds: number; nanoseconds: number };
}

declare module "wasi:random/insecure-seed@0.2.12" {
  export function insecureSeed(): [number, number];
}

declare module "wasi:cli/exit@0.2.12" {
  export function exit(status: { tag: "ok" } | { tag: "err" }): void;
}
