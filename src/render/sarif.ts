/** Findings as SARIF 2.1.0, for code scanning. */
import { sha256 } from "../model/digest.ts";
import type { Finding, Severity } from "../model/finding.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { RULE_HELP } from "./rule-help.ts";

export interface SarifInput {
  readonly findings: readonly Finding[];
  readonly version: string;
  /** A file's URI: relative to the base, or absolute where it is outside of it. */
  uriOf(file: string): SarifUri;
  /** The URI of the folder that relative ones begin at, ending in a slash; undefined when it is not on this machine. */
  readonly base: string | undefined;
  /** What ended the command before it could look for findings. */
  readonly failure?: SarifFailure | undefined;
  /** True when what the command was to find out turned out badly, whatever the findings' severities. */
  readonly hasFailed?: boolean | undefined;
}

export interface SarifUri {
  readonly uri: string;
  readonly isRelative: boolean;
}

export interface SarifFailure {
  readonly code: string;
  readonly message: string;
  readonly place?: { readonly file: string; readonly line?: number; readonly column?: number } | undefined;
}

const BASE = "SRCROOT";
const LEVELS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "note" };

export function makeSarif(input: SarifInput): JsonObject {
  const rules = [...new Set(input.findings.map(({ rule }) => rule))].sort();
  const { base, failure, hasFailed = false } = input;
  const notifications = failure === undefined ? [] : [describeFailure(failure, input)];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "cxone-gitops", semanticVersion: input.version, rules: rules.map(describeRule) } },
        originalUriBaseIds: {
          [BASE]: { ...(base !== undefined && { uri: base }), description: { text: "Where the paths begin." } },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          { executionSuccessful: failure === undefined && !hasFailed, toolExecutionNotifications: notifications },
        ],
        results: describeResults(input, rules),
      },
    ],
  };
}

function describeRule(rule: string): JsonObject {
  const help = RULE_HELP[rule];
  if (help === undefined) return { id: rule };
  return {
    id: rule,
    shortDescription: { text: rule.replace("/", ": ").replaceAll("-", " ") },
    help: {
      text: `${help.labels[0]}: ${withoutMarks(help.wrong)}\n${help.labels[1]}: ${withoutMarks(help.write)}`,
      markdown: `**${help.labels[0]}:** ${help.wrong}\n\n**${help.labels[1]}:** ${help.write}`,
    },
    defaultConfiguration: { level: LEVELS[help.severity] },
  };
}

function withoutMarks(text: string): string {
  return text.replaceAll("`", "");
}

function describeResults(input: SarifInput, rules: readonly string[]): readonly Json[] {
  const seen = new Map<string, number>();
  return input.findings.map((finding) => {
    const { rule, severity, message, hint, file, line, column } = finding;
    const hash = fingerprint(finding, input);
    const nth = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, nth);
    return {
      ruleId: rule,
      ruleIndex: rules.indexOf(rule),
      level: LEVELS[severity],
      message: { text: withoutLinks(hint === null ? message : `${message}\n${hint}`) },
      locations: [locate({ file, line, column }, input)],
      // The one that GitHub tells alerts apart by.
      partialFingerprints: { primaryLocationLineHash: `${hash}:${nth}` },
    };
  });
}

/** SARIF reads `[text](target)` in a message as a link (3.11.6); what stands in manifests or live must not become one. */
function withoutLinks(text: string): string {
  return text.replace(/(?<!\\)\\*[[\]]/g, (found) => found.replace(/./g, "\\$&"));
}

/** The same for the same finding after lines have moved: so without lines, also those that a message names. */
function fingerprint({ rule, file, message }: Finding, { uriOf }: SarifInput): string {
  return sha256(JSON.stringify([rule, uriOf(file).uri, message.replace(/:\d+/g, "")])).slice(0, 32);
}

function describeFailure({ code, message, place }: SarifFailure, input: SarifInput): JsonObject {
  return {
    descriptor: { id: code },
    level: "error",
    message: { text: withoutLinks(message) },
    ...(place !== undefined && { locations: [locate(place, input)] }),
  };
}

function locate(place: NonNullable<SarifFailure["place"]>, { uriOf }: SarifInput): JsonObject {
  const { file, line, column } = place;
  const { uri, isRelative } = uriOf(file);
  const region = {
    ...(line !== undefined && { startLine: line }),
    ...(line !== undefined && column !== undefined && { startColumn: column }),
  };
  const artifactLocation = { uri, ...(isRelative && { uriBaseId: BASE }) };
  return { physicalLocation: { artifactLocation, ...(line !== undefined && { region }) } };
}
