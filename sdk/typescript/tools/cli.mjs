#!/usr/bin/env node
// `tourbillon-ts build` and `tourbillon-ts test`: the command line of this SDK's tools.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { Blame } from "./blame.mjs";
import { build, SDK } from "./build.mjs";
import { test } from "./test.mjs";

const HELP = `Usage: tourbillon-ts build [PROJECT] [OPTIONS]
       tourbillon-ts test [PROJECT] [OPTIONS]

build   makes a component of a project: build/NAME.wasm, after the name in package.json
test    runs the project's tests (tests/*.test.ts) under node, without WebAssembly

Options:
  -o, --out FILE      where the component goes
      --entry FILE    the module whose default export is the manager [default: src/manager.ts]
      --speed         a runtime that is half again as large, and faster
      --tests FOLDER  the folder of the tests [default: tests]
      --tools DIR     a directory with a node_modules that holds esbuild or componentize-qjs,
                      looked into before the project's; may be given for each
  -h, --help          this text
`;

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string", short: "o" },
      entry: { type: "string", default: "src/manager.ts" },
      speed: { type: "boolean", default: false },
      tests: { type: "string", default: "tests" },
      tools: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [command, directory = ".", ...more] = positionals;
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if ((command !== "build" && command !== "test") || more.length > 0) {
    process.stderr.write(HELP);
    return 2;
  }
  const project = resolve(directory);
  const tools = [...values.tools.map((directory) => resolve(directory)), project, SDK];
  if (command === "test") return test({ project, tools, folder: values.tests });

  const name = JSON.parse(await readFile(join(project, "package.json"), "utf8")).name;
  const out = resolve(values.out ?? join(project, "build", `${name.replace(/^.*\//, "")}.wasm`));
  const runtime = values.speed ? "speed" : "size";
  const size = await build({ project, entry: values.entry, out, tools, runtime });
  process.stdout.write(`${out} ${size}\n`);
  return 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error) => {
    const told = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof Blame ? `${told}\n` : `error: ${told}\n`);
    process.exitCode = 1;
  },
);
