import { parseArgs } from "node:util";
import { LETTERS, type Letter } from "./figures.ts";

/** What `npm run bench -- …` was asked for. */
export interface BenchOptions {
  readonly letters: readonly Letter[];
  /** Compare with the baseline, and fail when something got worse. */
  readonly check: boolean;
  /** Write the baseline, and the table into docs/performance.md. */
  readonly save: boolean;
  readonly json: boolean;
}

export const USAGE = `npm run bench -- [flags]

Measures what docs/performance.md promises, and prints one table.

  --only LETTERS   some scenarios: letters of ${LETTERS.join(", ")}, with commas between
  --check          compare with the baseline; exit 1 when something got worse
  --save           replace the baseline, and the table in docs/performance.md
  --json           print the figures as JSON
  -h, --help       print this
`;

/** "help" when that is asked for. Throws an `Error` that says what is wrong with the command line. */
export function readArguments(argv: readonly string[]): BenchOptions | "help" {
  const { only, check, save, json, help } = parseFlags(argv);
  if (help) return "help";
  if (check && save) throw new Error("--check compares with the baseline and --save replaces it: take one of them");
  return { letters: only === undefined ? LETTERS : readLetters(only), check, save, json };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: "string" },
        check: { type: "boolean", default: false },
        save: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (thrown) {
    throw new Error(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${USAGE}`);
  }
}

function readLetters(text: string): readonly Letter[] {
  const words = text.split(",");
  const unknown = words.find((word) => !LETTERS.some((letter) => letter === word));
  if (unknown !== undefined) throw new Error(`--only takes letters of ${LETTERS.join(", ")}, and "${unknown}" is none`);
  return LETTERS.filter((letter) => words.includes(letter));
}
