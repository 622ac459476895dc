import { type CommandWords, functionName, type PlacedCommand, placeCommands, type ValueWords } from "./script-words.ts";

/**
 * The tenants of the configuration in the working directory, as it is usually written: names a step in below `tenants:`. Only what can be a
 * tenant's name comes through, because bash expands the words that it is to offer.
 */
const TENANTS = `  { cat cxone-gitops.yaml 2>/dev/null || cat cxone-gitops.yml 2>/dev/null; } | awk '
    /^[[:space:]]*(#|$)/ { next }
    /^tenants:/ { inside = 1; next }
    /^[^[:space:]]/ { inside = 0 }
    inside && match($0, /^ +/) {
      if (!width) width = RLENGTH
      name = $0; sub(/^ +/, "", name); sub(/:.*/, "", name); gsub(/"/, "", name)
      if (RLENGTH == width && name ~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/) print name
    }'`;

/** How bash is told what may follow, once that is known. */
const OFFER = `  COMPREPLY=()
  if [ -n "$files" ]; then
    local IFS=$'\\n'
    type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen "$files" -- "$cur"))
  elif [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
`;

/** A completion script for bash 3.2 and newer. */
export function writeBash(program: CommandWords): string {
  const placed = placeCommands(program);
  const name = functionName(program.name, []);
  return `# Completion for ${program.name}. In ~/.bashrc: eval "$(${program.name} completion bash)"
${functionName(program.name, ["tenants"])}() {
${TENANTS}
}
${name}() {
  local cur prev path word index words files
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash cuts words at "=".
  if [ "$cur" = "=" ]; then cur=""
  elif [ "$prev" = "=" ] && [ "$COMP_CWORD" -ge 2 ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  path="" words="" files=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$path/$word" in
      ${placed.slice(1).map(pathOf).join("|")}) path="$path/$word" ;;
    esac
  done
  case "$path $prev" in
${writeCases(valueCases(placed))}
    *)
      case "$cur" in
        -*)
          case "$path" in
${writeCases(flagCases(placed), "            ")}
          esac ;;
        *)
          case "$path" in
${writeCases(wordCases(placed), "            ")}
          esac ;;
      esac ;;
  esac
${OFFER}}
complete -F ${name} ${program.name}
`;
}

function pathOf({ path }: PlacedCommand): string {
  return path.map((word) => `/${word}`).join("");
}

/** What is done where one of the patterns fits; patterns for the same are one case. */
type Case = readonly [pattern: string, does: string];

function writeCases(cases: readonly Case[], indent = "    "): string {
  const byDeed = Map.groupBy(cases, ([, does]) => does);
  return [...byDeed]
    .map(([does, same]) => `${indent}${same.map(([pattern]) => pattern).join("|")}) ${does} ;;`)
    .join("\n");
}

function valueCases(placed: readonly PlacedCommand[]): readonly Case[] {
  return placed.flatMap((one) =>
    one.command.flags.flatMap(({ long, value }): readonly Case[] =>
      value === undefined ? [] : [[`"${pathOf(one)} ${long}"`, offer(value)]],
    ),
  );
}

function flagCases(placed: readonly PlacedCommand[]): readonly Case[] {
  return placed.map((one) => [`"${pathOf(one)}"`, `words="${one.command.flags.map(({ long }) => long).join(" ")}"`]);
}

/** Words that are no flags: commands, or the first argument. */
function wordCases(placed: readonly PlacedCommand[]): readonly Case[] {
  return placed.map((one): Case => {
    const { commands, arguments: values } = one.command;
    const [first] = values;
    const names = commands.map(({ name }) => name).join(" ");
    return [`"${pathOf(one)}"`, commands.length > 0 ? `words="${names}"` : first === undefined ? ":" : offer(first)];
  });
}

function offer({ kind, choices }: ValueWords): string {
  if (kind === "choice") return `words="${choices.join(" ")}"`;
  if (kind === "text") return ":";
  if (kind === "tenant") return `words="all $(${functionName("cxone-gitops", ["tenants"])})"`;
  return `files=${kind === "file" ? "-f" : "-d"}`;
}
