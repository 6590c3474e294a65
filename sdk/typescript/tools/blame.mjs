// What an author reads when nothing can be made of a project: the own file and line first, and no
// frame of a tool or of this SDK.

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** What went wrong for a reason that an author can read; it is told without more ado. */
export class Blame extends Error {}

/** The name under which the build hands its own first lines to esbuild. */
export const START = "entry";

/** Refuses a project in which the module of the manager is not there. */
export function demandEntry(project, entry) {
  const folder = dirname(join(project, entry));
  if (existsSync(join(project, entry))) return;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const there = names.filter((name) => /\.[cm]?tsx?$/.test(name)).sort();
  const instead = there.length > 0 ? `; beside it there is ${there.join(", ")}` : "";
  throw new Blame(`there is no ${entry}, whose default export is the manager${instead}`);
}

/**
 * What esbuild found, file and line first, each with its line.
 *
 * @param {{ errors?: { text: string, location: null | { file: string, line: number, column: number,
 * lineText: string } }[] }} failure what esbuild threw
 * @param {string} entry the module of the manager
 */
export function ofBundle(failure, entry) {
  if (!Array.isArray(failure.errors)) return failure;
  const told = failure.errors.map(({ text, location }) => {
    if (location?.file === START && text.includes('for import "default"')) return noManager(entry);
    if (location === null || location.file === START) return text;
    const { file, line, column, lineText } = location;
    const source = lineText.trimStart();
    const caret = " ".repeat(Math.max(0, column - (lineText.length - source.length)));
    return `${file}:${line}:${column + 1}: ${text}\n    ${source}\n    ${caret}^`;
  });
  return new Blame(told.join("\n"), { cause: failure });
}

/**
 * What a module threw while it was loaded: the author's places, innermost first.
 *
 * @param {string} message the error and its trace, with the places of the sources
 * @param {string} entry the module of the manager
 */
export function ofLoading(message, entry) {
  if (message.includes("the default export of the manager's module is no class")) {
    return new Blame(noManager(entry));
  }
  const lines = message.split("\n");
  const frame = /^ +at (?:(.+) \()?([^()]+:\d+)\)?$/;
  const first = lines.findIndex((line) => frame.test(line));
  if (first < 0) return new Error(message);
  const text = lines.slice(0, first).join("\n").replace(/^Error: /, "");
  const places = lines.slice(first).flatMap((line) => {
    const [, name, place] = frame.exec(line) ?? [];
    const foreign = /^(@tourbillon\/sdk\/|componentize-qjs:|entry:)/;
    if (place === undefined || foreign.test(place)) return [];
    return [name === undefined || name === "<anonymous>" ? place : `${place} in ${name}`];
  });
  if (places.length === 0) return new Error(message);
  const [inner, ...outer] = places;
  const place = inner.replace(/ in .*$/, "");
  return new Blame([`${place}: ${text}`, ...outer.map((place) => `  from ${place}`)].join("\n"));
}

function noManager(entry) {
  return `${entry} exports no manager: it needs \`export default class … extends Manager\``;
}
