import type { Argument, Command, Option } from "commander";
import type { CommandWords, FlagWords, ValueWords } from "./script-words.ts";

/** The words of a command line as data, for shells that complete them. */
export function readWords(command: Command): CommandWords {
  return {
    name: command.name(),
    description: command.description(),
    flags: [...command.options.map((option) => readFlag(option, command.name())), HELP],
    arguments: command.registeredArguments.map(readArgument),
    commands: command.commands.map(readWords),
  };
}

/** commander adds it by itself, and so does not list it. */
const HELP: FlagWords = { short: "-h", long: "--help", description: "print what it takes", value: undefined };

function readFlag(option: Option, commandName: string): FlagWords {
  const [, valueName] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  return {
    short: option.short,
    long: option.long ?? option.flags,
    description: option.description,
    value:
      valueName === undefined
        ? undefined
        : isTenant(option, commandName)
          ? { name: valueName, kind: "tenant", choices: [], isMany: false }
          : readValue(valueName, option.argChoices),
  };
}

/** One that the configuration has; `init` asks for a new name. */
function isTenant(option: Option, commandName: string): boolean {
  return option.long === "--tenant" && commandName !== "init";
}

function readArgument(argument: Argument): ValueWords {
  return readValue(argument.name(), argument.argChoices);
}

/** What a value is called says what it is. */
function readValue(name: string, choices: readonly string[] = []): ValueWords {
  const isMany = name.endsWith("...");
  const kind = choices.length > 0 ? "choice" : /file/.test(name) ? "file" : /dir/.test(name) ? "folder" : "text";
  return { name: name.replace("...", ""), kind, choices, isMany };
}
