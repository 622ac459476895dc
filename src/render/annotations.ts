/** Workflow commands with which GitHub Actions shows findings beside the lines that they are about. */
import type { Finding, Severity } from "../model/finding.ts";
import type { Plan } from "../model/plan.ts";
import { printable } from "./paint.ts";

export interface Annotation {
  readonly level: "error" | "warning" | "notice";
  readonly title: string;
  readonly message: string;
  /** Relative to the workspace, with forward slashes; undefined for what is in no file of it. */
  readonly file: string | undefined;
  readonly line?: number;
  readonly column?: number;
}

/** GitHub shows so many of each level for a step, and drops the others without a word. */
const MOST_OF_A_LEVEL = 10;
const LEVELS = ["error", "warning", "notice"] as const;
const LEVEL_OF: Readonly<Record<Severity, Annotation["level"]>> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

export function annotateFinding(finding: Finding, file: string | undefined): Annotation {
  const { severity, rule, message, hint, line, column } = finding;
  const text = hint === null ? message : `${message}\n${hint}`;
  return { level: LEVEL_OF[severity], title: rule, message: text, file, line, column };
}

/** What keeps a plan from being applied, besides its findings. */
export function annotatePlan({ changes, refusals }: Plan): readonly Annotation[] {
  const unknown = changes.flatMap(({ kind, name, action, notes }): readonly Annotation[] => {
    const note = action === "report" ? notes.find((one) => one.startsWith("unknown: ")) : undefined;
    if (note === undefined) return [];
    return [{ level: "error", title: `${kind} ${name}`, message: note, file: undefined }];
  });
  const refused = refusals.map(({ reason, message, hint }): Annotation => {
    return { level: "error", title: reason, message: `${message}\n${hint}`, file: undefined };
  });
  return [...unknown, ...refused];
}

/** The most severe first, no more than are shown, and at the end how many were left out. `mask` hides what is secret before it is escaped. */
export function renderAnnotations(annotations: readonly Annotation[], mask: (text: string) => string): string {
  const groups = LEVELS.map((level) => annotations.filter((annotation) => annotation.level === level));
  const isOver = groups.some((group) => group.length > MOST_OF_A_LEVEL);
  const shown = groups.flatMap((group, index) => {
    // The line about the rest is a notice, too, and needs room.
    const isCramped = isOver && index === LEVELS.indexOf("notice");
    return group.slice(0, isCramped ? MOST_OF_A_LEVEL - 1 : MOST_OF_A_LEVEL);
  });
  const left = annotations.length - shown.length;
  const rest = `${left} more ${left === 1 ? "is" : "are"} not shown here: GitHub shows at most ${MOST_OF_A_LEVEL} of each level for a step. Look for the rest in what the command prints.`;
  const notice: Annotation = { level: "notice", title: "cxone-gitops", message: rest, file: undefined };
  return [...shown, ...(left > 0 ? [notice] : [])].map((annotation) => renderAnnotation(annotation, mask)).join("");
}

function renderAnnotation(annotation: Annotation, mask: (text: string) => string): string {
  const { level, title, message, file, line, column } = annotation;
  const place = file === undefined ? {} : { file, line, col: column };
  const properties = Object.entries({ ...place, title }).flatMap(([key, value]) => {
    return value === undefined ? [] : [`${key}=${escapeProperty(mask(String(value)))}`];
  });
  return `::${level} ${properties.join(",")}::${escapeData(mask(message))}\n`;
}

/** The runner writes what it does not know into the log as it is, and terminals obey control characters. */
function escapeData(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
