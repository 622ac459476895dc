/** What machines read besides JSON: annotations for GitHub Actions, and SARIF. */
import { relative, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { InvalidConfigError } from "../config/error.ts";
import { maskFinding } from "../engine/mask.ts";
import { GitopsError, messageOf } from "../errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Plan } from "../model/plan.ts";
import { type Annotation, annotateFinding, annotatePlan, renderAnnotations } from "../render/annotations.ts";
import { errorOfFinding, type JunitError, renderJunitFailure } from "../render/junit.ts";
import { makeSarif, type SarifUri } from "../render/sarif.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, isInActions, printJson } from "./outside/io.ts";
import { readVersion } from "./package-files.ts";

/** In GitHub Actions, shows findings beside the lines that they are about. On stderr, so that stdout stays what was asked for. */
export function annotate(
  io: Io,
  { findings, plan }: { readonly findings: readonly Finding[]; readonly plan?: Plan },
  { rev }: Pick<CommonOptions, "rev">,
): void {
  if (!isInActions(io)) return;
  const ofPlan = plan === undefined ? [] : annotatePlan(plan);
  const annotations = findings.map((finding) => annotationOf(finding, io, rev));
  io.command(renderAnnotations([...ofPlan, ...annotations], (text) => io.secrets.mask(text)));
}

function annotationOf(finding: Finding, io: Io, rev: string | undefined): Annotation {
  const { path, isInside } = placeOf(finding.file, io, rev);
  return annotateFinding(finding, isInside ? path : undefined);
}

/** One of several tenants: its plan, or what ended the command there; and what masks the tenant's secrets. */
export type Noted = { readonly tenant: string; readonly mask: (text: string) => string } & (
  | { readonly plan: Plan }
  | { readonly failure: GitopsError }
);

/** As `annotate`, for several tenants: each annotation names the tenants that it is about, and is made once for them. */
export function annotateTenants(io: Io, noted: readonly Noted[], { rev }: Pick<CommonOptions, "rev">): void {
  if (!isInActions(io)) return;
  const all = noted.flatMap((one) => annotationsOf(one, io, rev).map((annotation) => maskAnnotation(annotation, one)));
  const groups = Map.groupBy(all, ({ annotation }) => JSON.stringify(annotation));
  const annotations = [...groups.values()].flatMap((group) => {
    const names = group.map(({ tenant }) => tenant).join(", ");
    return group.slice(0, 1).map(({ annotation }) => ({ ...annotation, title: `${names}: ${annotation.title}` }));
  });
  io.command(renderAnnotations(annotations, (text) => io.secrets.mask(text)));
}

function maskAnnotation(annotation: Annotation, { tenant, mask }: Noted) {
  const { title, message } = annotation;
  return { tenant, annotation: { ...annotation, title: mask(title), message: mask(message) } };
}

function annotationsOf(one: Noted, io: Io, rev: string | undefined): readonly Annotation[] {
  if ("plan" in one) {
    const { plan } = one;
    return [...annotatePlan(plan), ...plan.findings.map((finding) => annotationOf(finding, io, rev))];
  }
  const { failure } = one;
  if (failure instanceof InvalidConfigError) {
    return failure.findings.map((finding) => annotationOf(finding, io, undefined));
  }
  const { code, message, hint } = failure;
  const text = hint === undefined ? message : `${message}\n${hint}`;
  return [{ level: "error", title: code, message: text, file: undefined }];
}

/** Prints findings as one SARIF document. `hasFailed` where a command can fail by more than its findings. */
export function printSarif(
  io: Io,
  findings: readonly Finding[],
  { rev, hasFailed }: Pick<CommonOptions, "rev"> & { readonly hasFailed?: boolean },
): void {
  print(io, { findings, rev, hasFailed });
}

/** Prints what ended a command before it found anything as one SARIF document. */
export function printSarifFailure(io: Io, failure: GitopsError): void {
  print(io, { findings: failure instanceof InvalidConfigError ? failure.findings : [], failure });
}

/** Prints what ended `test` before it found anything as one JUnit document. */
export function printJunitFailure(io: Io, thrown: unknown): void {
  const mask = (text: string) => io.secrets.mask(text);
  io.printMasked(renderJunitFailure(errorsOf(thrown), mask));
}

function errorsOf(thrown: unknown): readonly JunitError[] {
  if (thrown instanceof InvalidConfigError) return thrown.findings.map(errorOfFinding);
  return [thrown instanceof GitopsError ? thrown : { code: "internal", message: messageOf(thrown) }];
}

interface Printed {
  readonly findings: readonly Finding[];
  readonly rev?: string | undefined;
  readonly failure?: GitopsError;
  readonly hasFailed?: boolean | undefined;
}

function print(io: Io, { findings, rev, failure, hasFailed }: Printed): void {
  const root = rootOf(io);
  const mask = (text: string) => io.secrets.mask(text);
  const shown = failure && {
    code: failure.code,
    message: [failure.message, ...(failure.hint === undefined ? [] : [failure.hint])].join("\n"),
    place: failure.place,
  };
  const sarif = makeSarif({
    findings: findings.map((finding) => maskFinding(finding, io.secrets)),
    version: readVersion(),
    uriOf: (file) => uriOf(mask(file), io, rev),
    base: rev === undefined ? `${pathToFileURL(root).href}/` : undefined,
    failure: shown,
    hasFailed,
  });
  printJson(io, sarif);
}

function uriOf(file: string, io: Io, rev: string | undefined): SarifUri {
  const { path, isInside } = placeOf(file, io, rev);
  if (!isInside) return { uri: pathToFileURL(resolve(io.cwd, file)).href, isRelative: false };
  return { uri: path.toWellFormed().split("/").map(encodeURIComponent).join("/"), isRelative: true };
}

/** A finding's file from the root on, with forward slashes. With `--rev`, files are named from the repository's top, which is taken for it. */
function placeOf(file: string, io: Io, rev: string | undefined): { readonly path: string; readonly isInside: boolean } {
  if (rev !== undefined && file.startsWith(`${rev}:`)) return { path: file.slice(rev.length + 1), isInside: true };
  const path = relative(rootOf(io), resolve(io.cwd, file)).split(sep).join("/");
  return { path, isInside: path !== ".." && !path.startsWith("../") };
}

/** GitHub names files from the workspace on; elsewhere they begin in the working directory. */
function rootOf(io: Io): string {
  const workspace = io.env["GITHUB_WORKSPACE"];
  return isInActions(io) && workspace ? workspace : io.cwd;
}
