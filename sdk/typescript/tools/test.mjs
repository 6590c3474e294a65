// Runs a project's tests under node: esbuild makes scripts of them, `node --test` runs those.

import { spawn } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { ofBundle } from "./blame.mjs";
import { ALIAS, TARGET, tool } from "./build.mjs";

/**
 * @param {{ project: string, tools: string[], folder: string }} options
 * @returns {Promise<number>} the exit status of the tests
 */
export async function test({ project, tools, folder }) {
  const names = await readdir(join(project, folder));
  const tests = names.filter((name) => name.endsWith(".test.ts")).sort();
  if (tests.length === 0) throw new Error(`there is no file *.test.ts in ${folder}/`);
  const outdir = join(project, "build", "tests");
  await rm(outdir, { recursive: true, force: true });
  const options = {
    entryPoints: tests.map((name) => join(project, folder, name)),
    absWorkingDir: project,
    alias: ALIAS,
    bundle: true,
    format: "esm",
    keepNames: true,
    logLevel: "silent",
    outdir,
    outExtension: { ".js": ".mjs" },
    platform: "node",
    sourcemap: true,
    target: TARGET,
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: true } },
  };
  await tool("esbuild", tools)
    .build(options)
    .catch((failure) => {
      throw ofBundle(failure, "");
    });
  const files = tests.map((name) => join(outdir, name.replace(/\.ts$/, ".mjs")));
  const node = spawn(process.execPath, ["--enable-source-maps", "--test", ...files], {
    cwd: project,
    stdio: "inherit",
  });
  return new Promise((done, failed) => {
    node.on("error", failed);
    node.on("close", (status) => done(status ?? 1));
  });
}
