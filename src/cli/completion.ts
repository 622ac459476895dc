import { EXIT, type ExitCode } from "../errors.ts";
import { writeBash } from "./completion/bash.ts";
import { writeFish } from "./completion/fish.ts";
import type { CommandWords, Shell } from "./completion/script-words.ts";
import { writeZsh } from "./completion/zsh.ts";
import type { Io } from "./outside/io.ts";

const WRITERS = { bash: writeBash, zsh: writeZsh, fish: writeFish } as const;

/** Prints a script that completes commands, flags and their choices. It starts nothing when it completes, so it needs no configuration. */
export function runCompletion(io: Io, shell: Shell, program: CommandWords): ExitCode {
  io.print(WRITERS[shell](program));
  return EXIT.ok;
}
