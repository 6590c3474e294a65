// Builds a manager's project into a component: esbuild makes one script of it, componentize-qjs
// puts the script into a runtime and keeps the state after it was loaded.

import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { demandEntry, ofBundle, ofLoading, START } from "./blame.mjs";
import { managerRuntime } from "./runtime.mjs";
import { placeOf, sourceTable } from "./sources.mjs";

/** The directory of this SDK. */
export const SDK = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** So that a project needs no link to the SDK that builds it. */
export const ALIAS = {
  "@tourbillon/sdk/testing": join(SDK, "src/testing.ts"),
  "@tourbillon/sdk/wasm": join(SDK, "src/wasm/entry.ts"),
  "@tourbillon/sdk": join(SDK, "src/index.ts"),
};

/** Decorators are lowered whatever the target; QuickJS knows what else is in here. */
export const TARGET = "es2023";

/** Loads a tool from the `node_modules` of the first of these directories that has it. */
export function tool(name, directories) {
  for (const directory of directories) {
    try {
      return createRequire(join(directory, "package.json"))(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(`${name} is not installed: run npm install --ignore-scripts in the project`);
}

/**
 * @param {{ project: string, entry: string, out: string, tools: string[], runtime: "speed" | "size" }}
 * options `entry` is the module whose default export is the manager's class, from the project;
 * `tools` are directories whose `node_modules` hold esbuild and componentize-qjs
 * @returns {Promise<number>} the component's size in bytes
 */
export async function build({ project, entry, out, tools, runtime }) {
  demandEntry(project, entry);
  const { script, table } = await bundle(project, entry, tool("esbuild", tools));
  const { componentize } = tool("componentize-qjs", tools);
  const runtimeBytes = await managerRuntime(runtime, tools);
  const wit = { witPath: join(SDK, "wit"), world: "guest" };
  // This also loads the modules, so what they throw is thrown here.
  const { component } = await componentize({ ...wit, jsSource: script, runtimeBytes }).catch(
    (error) => {
      throw ofLoading(inSources(error.message, table), entry);
    },
  );
  await mkdir(dirname(out), { recursive: true });
  await writeFile(out, component);
  return component.length;
}

/** One script of the manager and all that it imports, with the table of its sources at its end. */
async function bundle(project, entry, esbuild) {
  const options = {
    stdin: {
      contents: `
        import { lifecycleOf } from "@tourbillon/sdk/wasm";
        import Manager from ${JSON.stringify(`./${entry}`)};
        export const lifecycle = lifecycleOf(Manager);`,
      resolveDir: project,
      sourcefile: START,
    },
    absWorkingDir: project,
    alias: ALIAS,
    bundle: true,
    charset: "utf8",
    external: ["tourbillon:*", "wasi:*"],
    format: "esm",
    keepNames: true,
    legalComments: "none",
    logLevel: "silent",
    outfile: join(project, "bundle.js"),
    platform: "neutral",
    mainFields: ["module", "main"],
    sourcemap: "external",
    sourcesContent: false,
    target: TARGET,
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
    write: false,
  };
  const built = await esbuild.build(options).catch((failure) => {
    throw ofBundle(failure, entry);
  });
  const [map, code] = ["bundle.js.map", "bundle.js"].map(
    (name) => built.outputFiles.find((file) => file.path.endsWith(name)).text,
  );
  const table = sourceTable(JSON.parse(map), (source) => nameOf(resolve(project, source), project));
  const script = `${code}\nglobalThis.__tourbillonSources = ${JSON.stringify(table)};\n`;
  return { script, table };
}

/** What was thrown while the modules were loaded, with the author's files and lines. */
function inSources(message, table) {
  return message
    .replace(/^.*Failed to finish JavaScript module evaluation: /s, "")
    .replace(/componentize-qjs:user\.js:(\d+):(\d+)/g, (place, line, column) =>
      placeOf(table, Number(line) - 1, Number(column) - 1) ?? place,
    )
    .trimEnd();
}

/** The path of a source from the project; the SDK's own begin with the SDK's name. */
function nameOf(source, project) {
  const inSdk = relative(SDK, source);
  const own = inSdk.startsWith("src/") ? `@tourbillon/sdk/${inSdk}` : relative(project, source);
  return own.replaceAll("\\", "/");
}
