import type { Finding, Severity } from "./finding.ts";

/** Severities by rule id, as the configuration sets them. `off` drops the rule's findings. */
export type RuleSeverities = Readonly<Record<string, Severity | "off">>;

/**
 * Rules whose findings mean that a manifest or a live document could not be read as one. Were they lowered, the resource would
 * silently vanish from what git asks for, or be written over what nobody understood.
 */
const UNTOUCHABLE = /^(manifest|yaml|source|variables|live)\//;

/** The findings with the configured severities. Rules that the configuration does not name keep their own. */
export function applySeverities(findings: readonly Finding[], severities: RuleSeverities): readonly Finding[] {
  return findings.flatMap((finding) => {
    const isConfigured = Object.hasOwn(severities, finding.rule) && !UNTOUCHABLE.test(finding.rule);
    const configured = isConfigured ? severities[finding.rule] : undefined;
    if (configured === "off") return [];
    return configured === undefined ? [finding] : [{ ...finding, severity: configured }];
  });
}
