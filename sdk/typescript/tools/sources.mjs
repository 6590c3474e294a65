// The table that leads from a place in the bundle to the author's file and line.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * @param {{ sources: string[], mappings: string }} map a source map, version 3
 * @param {(source: string) => string} nameOf how a source is called in traces
 * @returns {{ files: string[], lines: string }} for each line of the bundle, with `;` between them:
 * column, file and line, repeated, wherever file or line change; all from 0, with `,` between them
 */
export function sourceTable(map, nameOf) {
  let [file, line] = [0, 0];
  const lines = map.mappings.split(";").map((segments) => {
    /** @type {number[]} */
    const entries = [];
    let column = 0;
    let last = "";
    for (const segment of segments.split(",")) {
      if (segment === "") continue;
      const [columns, files, sourceLines] = decode(segment);
      column += columns;
      if (sourceLines === undefined) continue;
      file += files;
      line += sourceLines;
      if (last !== `${file}:${line}`) entries.push(column, file, line);
      last = `${file}:${line}`;
    }
    return entries.join(",");
  });
  return { files: map.sources.map(nameOf), lines: lines.join(";") };
}

/** `src/manager.ts:12`, where a place in the bundle (from 0) comes from. */
export function placeOf(table, line, column) {
  const entries = (table.lines.split(";")[line] ?? "").split(",").map(Number);
  let place;
  for (let i = 0; i + 2 < entries.length; i += 3) {
    if (place !== undefined && entries[i] > column) break;
    place = `${table.files[entries[i + 1]]}:${entries[i + 2] + 1}`;
  }
  return place;
}

/** The numbers of a segment, in base 64 with variable length. */
function decode(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if ((digit & 32) !== 0) continue;
    numbers.push((value & 1) === 0 ? value >>> 1 : -(value >>> 1));
    [value, shift] = [0, 0];
  }
  return numbers;
}
