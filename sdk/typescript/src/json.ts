// JSON with whole numbers of any size on the way out.

import { kindOf } from "./errors.ts";

/** Begins the stand-in for a bigint while the text is being written. */
const MARK = "\u0000bigint:";

/**
 * `JSON.stringify` without spaces, which also writes bigints: as plain whole numbers.
 *
 * @throws TypeError if the value has a cycle or is nothing that JSON knows (undefined, a function)
 */
export function toJson(value: unknown): string {
  let marked = false;
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") {
      marked = true;
      return `${MARK}${item}\u0000`;
    }
    if (typeof item === "string" && item.startsWith(MARK)) {
      throw new TypeError("a text that begins with a zero byte and 'bigint:' cannot be written");
    }
    return item;
  }) as string | undefined;
  if (text === undefined) {
    const known = "null, booleans, numbers, texts, arrays and objects";
    throw new TypeError(`${kindOf(value)} cannot be written as JSON, which knows ${known}`);
  }
  return marked ? text.replace(/"\\u0000bigint:(-?\d+)\\u0000"(?!:)/g, "$1") : text;
}
