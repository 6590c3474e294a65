// The QuickJS runtime that goes into every component, without what a manager must not import.
//
// componentize-qjs carries its runtime inside its native binding and lets the caller hand in
// another one. The stock runtime imports a module loader, the file system and the terminal; the
// tool then closes the first with a component of stubs, and a host without multiple memories
// refuses the result. So this module takes the runtime out of the binding, checks that it is the
// one that it knows, and ties these imports to functions inside of the runtime that trap: what the
// component does not import, nobody has to grant or to stub.

import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The version of componentize-qjs whose runtimes are described below. */
export const COMPONENTIZE_QJS = "0.4.5";

/** Length and SHA-256 of the runtimes inside of the binding. */
const RUNTIMES = {
  speed: {
    length: 1_497_910,
    sha256: "25703f010b80efb806f9c35daf9ee6524ad60320c9781b0bae4e234264f8dac5",
  },
  size: {
    length: 956_298,
    sha256: "51bced91769e0a3cb8bc288d230675b03fca8f97b42723b9f9f1702e6903b6f7",
  },
};

/**
 * Imports that the runtime calls on its way, and does not need, and what stands in their place: the
 * clocks stand at 0 and the seed is nothing, so that the same sources give the same component;
 * the SDK has a `Date` and a `Math.random` of its own.
 */
const SILENT = new Map([
  ["wasi_snapshot_preview1 reset_adapter_state", []],
  ["wasi:clocks/wall-clock now", []],
  ["wasi:clocks/monotonic-clock now", [0x42, 0x00]], // i64.const 0
  ["wasi:random/insecure-seed insecure-seed", []],
]);

/**
 * The runtime for components: `speed` is half again as large as `size`, and faster.
 *
 * @param {"speed" | "size"} flavour
 * @param {string[]} directories where to look for `componentize-qjs`, each with a `node_modules`
 * @returns {Promise<Buffer>}
 */
export async function managerRuntime(flavour, directories) {
  const binding = await readBinding(directories);
  return closeImports(takeRuntime(binding, RUNTIMES[flavour]));
}

/** The bytes of the native binding that is installed for this platform. */
async function readBinding(directories) {
  const main = locate(directories);
  const version = JSON.parse(await readFile(join(dirname(main), "package.json"), "utf8")).version;
  if (version !== COMPONENTIZE_QJS) {
    throw new Error(`componentize-qjs is ${version}, but this SDK needs ${COMPONENTIZE_QJS}`);
  }
  const scope = join(dirname(main), "..", "@andreiltd");
  for (const name of await readdir(scope)) {
    if (!name.startsWith("componentize-qjs-binding-")) continue;
    const file = (await readdir(join(scope, name))).find((candidate) => candidate.endsWith(".node"));
    if (file !== undefined) return readFile(join(scope, name, file));
  }
  throw new Error("componentize-qjs has no native binding for this platform: install it again");
}

/** The main file of componentize-qjs, from the first directory that has it. */
function locate(directories) {
  for (const directory of directories) {
    try {
      return createRequire(join(directory, "package.json")).resolve("componentize-qjs");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error("componentize-qjs is not installed: run npm install --ignore-scripts");
}

/** Finds the one stretch of the binding that has the length and the digest asked for. */
function takeRuntime(binding, { length, sha256 }) {
  const magic = Buffer.from([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  for (let at = binding.indexOf(magic); at >= 0; at = binding.indexOf(magic, at + 1)) {
    const candidate = binding.subarray(at, at + length);
    if (createHash("sha256").update(candidate).digest("hex") === sha256) return candidate;
  }
  throw new Error(`the binding of componentize-qjs ${COMPONENTIZE_QJS} holds another runtime`);
}

/**
 * Ties the imports to functions that the runtime itself exports.
 *
 * Their number and order stay, so no index in the code changes: an import gets another name, and
 * behind the module's own functions stands one function more for each.
 *
 * @param {Buffer} wasm a position-independent module ("dylink.0")
 * @returns {Buffer}
 */
export function closeImports(wasm) {
  const sections = split(wasm);
  const body = (id) => sections.find((section) => section.id === id).body;
  const declared = new Reader(body(3)).number();
  /** @type {{ symbol: string, type: number, code: Buffer }[]} */
  const stubs = [];
  let functions = 0;

  const reader = new Reader(body(2));
  const imports = [];
  const count = reader.number();
  for (let i = 0; i < count; i += 1) {
    const module = reader.name();
    const field = reader.name();
    const start = reader.at;
    const kind = reader.byte();
    if (kind === 0) functions += 1;
    const type = reader.importType(kind);
    const description = reader.bytes.subarray(start, reader.at);
    const name = `${module.replace(/@.*/, "")} ${field}`;
    if (kind !== 0 || module === "env") {
      imports.push(text(module), text(field), description);
      continue;
    }
    const symbol = `closed ${name}`;
    const code = SILENT.get(name) ?? [0x00]; // unreachable
    stubs.push({ symbol, type, code: Buffer.from([code.length + 2, 0, ...code, 0x0b]) });
    imports.push(text("env"), text(symbol), description);
  }
  const first = functions + declared;
  const exported = ({ symbol }, i) => Buffer.concat([text(symbol), Buffer.from([0]), leb(first + i)]);
  const extended = new Map([
    [2, Buffer.concat([leb(count), ...imports])],
    [3, append(body(3), stubs.map(({ type }) => leb(type)))],
    [7, append(body(7), stubs.map(exported))],
    [10, append(body(10), stubs.map(({ code }) => code))],
  ]);
  const out = [wasm.subarray(0, 8)];
  for (const section of sections) {
    const content = extended.get(section.id) ?? section.body;
    out.push(Buffer.from([section.id]), leb(content.length), content);
  }
  return Buffer.concat(out);
}

/** The sections of a module, in order. */
function split(wasm) {
  const reader = new Reader(wasm);
  reader.at = 8;
  const sections = [];
  while (reader.at < wasm.length) {
    const id = reader.byte();
    const length = reader.number();
    sections.push({ id, body: wasm.subarray(reader.at, reader.at + length) });
    reader.at += length;
  }
  return sections;
}

/** A vector of the binary format, with some elements more at its end. */
function append(vector, elements) {
  const reader = new Reader(vector);
  const count = reader.number();
  return Buffer.concat([leb(count + elements.length), vector.subarray(reader.at), ...elements]);
}

/** A number in LEB128. */
function leb(value) {
  const bytes = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return Buffer.from(bytes);
}

/** A name of the binary format. */
function text(string) {
  const bytes = Buffer.from(string, "utf8");
  return Buffer.concat([leb(bytes.length), bytes]);
}

/** Reads the few things of the binary format that are needed here. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error("the runtime ends too early");
    this.at += 1;
    return value;
  }

  number() {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new Error("the runtime holds a number that is too long");
  }

  name() {
    const length = this.number();
    this.at += length;
    return this.bytes.toString("utf8", this.at - length, this.at);
  }

  /** Skips what an import says of itself; returns the index of a function's type. */
  importType(kind) {
    switch (kind) {
      case 0: // a function
        return this.number();
      case 1: // a table: type of its elements, limits
        this.byte();
        this.limits();
        return -1;
      case 2: // a memory
        this.limits();
        return -1;
      case 3: // a global: type, mutability
        this.byte();
        this.byte();
        return -1;
      default:
        throw new Error(`the runtime imports something of the unknown kind ${kind}`);
    }
  }

  limits() {
    const flags = this.byte();
    this.number();
    if ((flags & 1) !== 0) this.number();
  }
}
