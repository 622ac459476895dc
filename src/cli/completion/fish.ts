import {
  type CommandWords,
  type FlagWords,
  type PlacedCommand,
  placeCommands,
  type ValueWords,
} from "./script-words.ts";

/** A completion script for fish 3. */
export function writeFish(program: CommandWords): string {
  const head = `# Completion for ${program.name}: ${program.name} completion fish > ~/.config/fish/completions/${program.name}.fish`;
  const complete = `complete -c ${program.name}`;
  const lines = placeCommands(program).flatMap((one) => {
    const when = one.path.length === 0 ? "__fish_use_subcommand" : isSeen(one);
    const begin = `${complete} -n ${quote(when)}`;
    return [
      ...one.command.commands.map(({ name, description }) => `${begin} -a ${name} -d ${quote(description)}`),
      ...one.command.arguments.slice(0, 1).flatMap((value) => writeArgument(begin, value)),
      ...one.command.flags.map((flag) => `${begin} ${writeFlag(flag)}`),
    ];
  });
  return `${[head, `${complete} -f`, ...lines].join("\n")}\n`;
}

/** That the line has come to this command, and no further. */
function isSeen({ path, command }: PlacedCommand): string {
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const names = command.commands.map(({ name }) => name);
  const further = names.length === 0 ? [] : [`not __fish_seen_subcommand_from ${names.join(" ")}`];
  return [...seen, ...further].join("; and ");
}

function writeArgument(begin: string, value: ValueWords): readonly string[] {
  if (value.kind === "file") return [`${begin} -F`];
  const offered = offer(value);
  return offered === undefined ? [] : [`${begin} -a ${quote(offered)}`];
}

function writeFlag({ short, long, description, value }: FlagWords): string {
  const names = [...(short === undefined ? [] : [`-s ${short.slice(1)}`]), `-l ${long.replace(/^--/, "")}`];
  return [...names, ...writeValue(value), `-d ${quote(description)}`].join(" ");
}

function writeValue(value: ValueWords | undefined): readonly string[] {
  if (value === undefined) return [];
  if (value.kind === "file") return ["-r -F"];
  const offered = offer(value);
  return offered === undefined ? ["-x"] : [`-x -a ${quote(offered)}`];
}

function offer({ kind, choices }: ValueWords): string | undefined {
  if (kind === "choice") return choices.join(" ");
  return kind === "folder" ? "(__fish_complete_directories)" : undefined;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
