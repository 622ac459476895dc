import type { Finding, Severity } from "./finding.ts";
import { isConfigurable } from "./rules.ts";

/** Severities by rule id, as the configuration sets them. `off` drops the rule's findings. */
export type RuleSeverities = Readonly<Record<string, Severity | "off">>;

/** The findings with the configured severities. Rules that the configuration does not name keep their own. */
export function applySeverities(findings: readonly Finding[], severities: RuleSeverities): readonly Finding[] {
  return findings.flatMap((finding) => {
    const isConfigured = Object.hasOwn(severities, finding.rule) && isConfigurable(finding.rule);
    const configured = isConfigured ? severities[finding.rule] : undefined;
    if (configured === "off") return [];
    return configured === undefined ? [finding] : [{ ...finding, severity: configured }];
  });
}
