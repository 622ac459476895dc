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

/** Throws an `Error` that says what is wrong with the command line. */
export function readArguments(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: "string" },
      check: { type: "boolean", default: false },
      save: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { only, check, save, json } = values;
  if (check && save) throw new Error("--check compares with the baseline and --save replaces it: take one of them");
  return { letters: only === undefined ? LETTERS : readLetters(only), check, save, json };
}

function readLetters(text: string): readonly Letter[] {
  const words = text.split(",");
  const unknown = words.find((word) => !LETTERS.some((letter) => letter === word));
  if (unknown !== undefined) throw new Error(`--only takes letters of ${LETTERS.join(", ")}, and "${unknown}" is none`);
  return LETTERS.filter((letter) => words.includes(letter));
}
