// What an author reads when a project makes no component: the own file and line, first.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

// @ts-expect-error -- a tool in plain JavaScript, without declarations
import { Blame, demandEntry, ofBundle, ofLoading } from "../tools/blame.mjs";

const ENTRY = "src/manager.ts";
const NO_MANAGER = `${ENTRY} exports no manager: it needs \`export default class … extends Manager\``;

test("a module that is not there is named, and what is there instead", (t) => {
  const project = mkdtempSync(join(tmpdir(), "blame-"));
  t.after(() => rmSync(project, { recursive: true }));
  const whose = `there is no ${ENTRY}, whose default export is the manager`;
  assert.throws(() => demandEntry(project, ENTRY), { message: whose });
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "src/main.ts"), "");
  writeFileSync(join(project, "src/notes.md"), "");
  const beside = `${whose}; beside it there is main.ts`;
  assert.throws(() => demandEntry(project, ENTRY), { message: beside });
  writeFileSync(join(project, ENTRY), "");
  demandEntry(project, ENTRY);
});

test("what the bundler finds begins with the place and shows the line", () => {
  const at = { file: ENTRY, line: 21, column: 4, lineText: "  a b" };
  const nowhere = { text: "no place", location: null };
  const told = ofBundle({ errors: [{ text: "Expected ;", location: at }, nowhere] }, ENTRY);
  assert.ok(told instanceof Blame);
  assert.equal(told.message, `${ENTRY}:21:5: Expected ;\n    a b\n      ^\nno place`);
  const other = new Error("no errors in it");
  assert.equal(ofBundle(other, ENTRY), other);
});

test("a module without a default export is told in words", () => {
  const location = { file: "entry", line: 3, column: 15, lineText: "import Manager" };
  const text = `No matching export in "${ENTRY}" for import "default"`;
  assert.equal(ofBundle({ errors: [{ text, location }] }, ENTRY).message, NO_MANAGER);
  const loaded = "Error: the default export of the manager's module is no class that extends Manager";
  assert.equal(ofLoading(loaded, ENTRY).message, NO_MANAGER);
});

test("what is thrown while modules are loaded has the author's places alone", () => {
  const thrown = [
    "Error: ticksBetweenRuns is -1",
    "    at checkTicks (@tourbillon/sdk/src/errors.ts:95)",
    "    at __decorateElement (componentize-qjs:user.js:36:125)",
    "    at helper (src/helper.ts:3)",
    `    at <anonymous> (${ENTRY}:8)`,
    "    at <anonymous> (entry:4)",
  ].join("\n");
  const told = ofLoading(thrown, ENTRY);
  assert.ok(told instanceof Blame);
  assert.equal(told.message, `src/helper.ts:3: ticksBetweenRuns is -1\n  from ${ENTRY}:8`);
  assert.equal(ofLoading("of another kind", ENTRY).message, "of another kind");
  const ours = "Error: x\n    at a (@tourbillon/sdk/src/errors.ts:95)";
  assert.equal(ofLoading(ours, ENTRY).message, ours);
});
