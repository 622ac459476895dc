import {
  type CommandWords,
  type FlagWords,
  functionName,
  type PlacedCommand,
  placeCommands,
  type ValueWords,
} from "./script-words.ts";

/** A completion script for zsh, to be evaluated or put into a folder of `fpath`. */
export function writeZsh(program: CommandWords): string {
  const name = functionName(program.name, []);
  const functions = placeCommands(program).map((one) => writeFunction(program.name, one));
  return `#compdef ${program.name}
# Completion for ${program.name}. In ~/.zshrc, after compinit: eval "$(${program.name} completion zsh)"

${functions.join("\n")}
if [ "$funcstack[1]" = "${name}" ]; then
  ${name} "$@"
else
  compdef ${name} ${program.name}
fi
`;
}

function writeFunction(program: string, { path, command }: PlacedCommand): string {
  const flags = command.flags.map(writeFlag);
  const name = functionName(program, path);
  if (command.commands.length > 0) return writeGroup(name, command, flags);
  const values = command.arguments.map((value, index) => quote(`${index + 1}:${writeValue(value)}`));
  return `${name}() {\n  _arguments \\\n    ${[...flags, ...values].join(" \\\n    ")}\n}\n`;
}

function writeGroup(name: string, { commands }: CommandWords, flags: readonly string[]): string {
  const described = commands.map((one) => quote(`${one.name}:${one.description}`));
  const cases = commands.map((one) => `        ${one.name}) ${name}_${one.name} ;;`);
  return `${name}() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
    ${flags.join(" \\\n    ")} \\
    '1: :->command' \\
    '*:: :->rest'
  case $state in
    command)
      local -a commands
      commands=(
        ${described.join("\n        ")}
      )
      _describe -t commands command commands ;;
    rest)
      case $words[1] in
${cases.join("\n")}
      esac ;;
  esac
}
`;
}

function writeFlag({ long, description, value }: FlagWords): string {
  const said = `[${description.replace(/[[\]:\\]/g, "\\$&")}]`;
  if (value === undefined) return quote(`${long}${said}`);
  return quote(`${value.isMany ? "*" : ""}${long}=${said}:${writeValue(value)}`);
}

function writeValue({ name, kind, choices }: ValueWords): string {
  const action = { choice: `(${choices.join(" ")})`, file: "_files", folder: "_files -/", tenant: " ", text: " " }[
    kind
  ];
  return `${name.replace(/[:\\]/g, "\\$&")}:${action}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
