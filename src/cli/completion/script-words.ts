export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as a shell has to know it to complete a line. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly FlagWords[];
  readonly arguments: readonly ValueWords[];
  readonly commands: readonly CommandWords[];
}

export interface FlagWords {
  readonly short: string | undefined;
  readonly long: string;
  readonly description: string;
  /** undefined for a flag that stands alone. */
  readonly value: ValueWords | undefined;
}

export interface ValueWords {
  readonly name: string;
  readonly kind: "choice" | "file" | "folder" | "tenant" | "text";
  /** Empty unless it is a choice. */
  readonly choices: readonly string[];
  readonly isMany: boolean;
}

/** A command with its place below the program: `["audit", "log"]`. */
export interface PlacedCommand {
  readonly path: readonly string[];
  readonly command: CommandWords;
}

/** The program itself, with an empty path, and every command below it. */
export function placeCommands(command: CommandWords, path: readonly string[] = []): readonly PlacedCommand[] {
  const below = command.commands.flatMap((one) => placeCommands(one, [...path, one.name]));
  return [{ path, command }, ...below];
}

/** The name of the shell function that completes a command. */
export function functionName(program: string, path: readonly string[]): string {
  return `_${[program, ...path].join("_").replace(/[^A-Za-z0-9_]/g, "_")}`;
}
