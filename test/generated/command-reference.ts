import type { Argument, Command, Option } from "commander";
import { readProgram } from "../helpers/silent-program.ts";

const HEAD = `# Command reference

Every command with its arguments and flags, as \`-h\` prints them. This page is made of the command line itself (\`npm run generate\`); what the
commands do, their JSON and their exit codes are told in [commands](commands.md).
`;

/** The page docs/command-reference.md. */
export function commandReference(): string {
  const program = readProgram();
  const sections = program.commands.flatMap((command) =>
    describeCommand(command, `${program.name()} ${command.name()}`),
  );
  const contents = program.commands
    .map((command) => `[\`${command.name()}\`](#${program.name()}-${command.name()})`)
    .join(", ");
  return `${[HEAD, `${contents}\n`, ...sections].join("\n")}`;
}

function describeCommand(command: Command, path: string): readonly string[] {
  const [below, ...more] = command.commands;
  const level = path.split(" ").length > 2 ? "###" : "##";
  const title = `${level} \`${path}\`\n\n${sentence(command.description())}\n`;
  if (below !== undefined) {
    return [title, ...[below, ...more].flatMap((one) => describeCommand(one, `${path} ${one.name()}`))];
  }
  const words = command.registeredArguments.map(usageOf);
  const usage = `\`\`\`\n${[path, ...words, "[flags]"].join(" ")}\n\`\`\`\n`;
  const rows = command.registeredArguments.map(
    (argument) => `| \`${usageOf(argument)}\` | ${choicesOf(argument)} | ${sentence(argument.description)} |`,
  );
  const flags = command.options.map(rowOf);
  return [
    title,
    usage,
    ...(rows.length === 0 ? [] : [`${["| argument | one of | means |", "|---|---|---|", ...rows].join("\n")}\n`]),
    `${["| flag | one of | default | means |", "|---|---|---|---|", ...flags].join("\n")}\n`,
  ];
}

function usageOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function rowOf(option: Option): string {
  const { defaultValue }: { readonly defaultValue?: unknown } = option;
  const isShown = typeof defaultValue === "string" || typeof defaultValue === "number";
  const cells = [
    `\`${option.flags}\``,
    choicesOf(option),
    isShown ? `\`${defaultValue}\`` : "",
    sentence(option.description),
  ];
  return `| ${cells.join(" | ")} |`;
}

function choicesOf({ argChoices }: Pick<Option, "argChoices">): string {
  return (argChoices ?? []).map((choice) => `\`${choice}\``).join(", ");
}

function sentence(text: string): string {
  return text.replaceAll("|", "\\|");
}
