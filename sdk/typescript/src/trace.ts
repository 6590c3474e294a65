// Traces of the author's own files and lines.
//
// QuickJS names the place in the bundle that was built of the author's files. The build puts a
// table at the bundle's end that leads from there to the sources; elsewhere (in tests under
// node, which reads source maps by itself) there is no table and traces stay as they are.

/** What the build leaves behind: which line of which file a place in the bundle comes from. */
export interface SourceTable {
  /** Paths of the sources, as seen from the project's directory; the SDK's begin with its name. */
  readonly files: readonly string[];
  /**
   * For each line of the bundle, with `;` between them: column, file and line, repeated, with `,`
   * between them; all from 0, columns rising. Text, since few lines of it are ever read.
   */
  readonly lines: string;
}

const SDK_PREFIX = "@tourbillon/sdk/";
/** `    at name (componentize-qjs:user.js:12:3)`, or without a name and parentheses. */
const FRAME = /^\s*at (?:(.*?) \()?componentize-qjs:user\.js:(\d+):(\d+)\)?$/;

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** `src/manager.ts:12`, where the error was made as far as the author's files know. */
export function authorFrame(error: Error): string | undefined {
  const own = frames(error.stack ?? "").find((frame) => !frame.file.startsWith(SDK_PREFIX));
  return own === undefined ? undefined : `${own.file}:${own.line}`;
}

/** The message with the trace behind it in brackets, or alone where no frame is the author's. */
export function withTrace(message: string, error: Error): string {
  const frames = trace(error);
  return frames === "" ? message : `${message} [${frames}]`;
}

/**
 * The author's frames of an error, innermost call first: `sweep src/manager.ts:12, helper src/util.ts:3`.
 * It is empty where the table knows all frames as the SDK's.
 */
export function trace(error: Error): string {
  const found = frames(error.stack ?? "");
  const own = found.filter((frame) => !frame.file.startsWith(SDK_PREFIX));
  if (found.length === 0) {
    // Without a table: the engine's own frames, less the message that some engines put first.
    const raw = (error.stack ?? "").split("\n").map((text) => text.trim());
    return raw.filter((text) => text.startsWith("at ")).join(", ");
  }
  return own.map(({ name, file, line }) => `${name} ${file}:${line}`).join(", ");
}

/** The table, from the first error on. */
let table: { readonly files: readonly string[]; readonly lines: readonly string[] } | undefined;

function readTable() {
  const written = (globalThis as { __tourbillonSources?: SourceTable }).__tourbillonSources;
  return written && { files: written.files, lines: written.lines.split(";") };
}

function frames(stack: string): Frame[] {
  table ??= readTable();
  if (table === undefined) return [];
  const found: Frame[] = [];
  for (const text of stack.split("\n")) {
    const match = FRAME.exec(text);
    if (match === null) continue;
    const place = lookUp(Number(match[2]) - 1, Number(match[3]) - 1);
    if (place !== undefined) found.push({ name: match[1] ?? "(module)", ...place });
  }
  return found;
}

/** The last entry of the line that begins at or before the column. */
function lookUp(line: number, column: number) {
  const entries = (table?.lines[line] ?? "").split(",").map(Number);
  let found: { file: string; line: number } | undefined;
  for (let i = 0; i + 2 < entries.length; i += 3) {
    if (found !== undefined && (entries[i] as number) > column) break;
    const file = table?.files[entries[i + 1] as number];
    if (file !== undefined) found = { file, line: (entries[i + 2] as number) + 1 };
  }
  return found;
}
