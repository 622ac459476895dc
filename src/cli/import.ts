import { refuseSeveral } from "../config/tenant-names.ts";
import { EXIT, type ExitCode, GitopsError } from "../errors.ts";
import { type Finding, hasErrors } from "../model/finding.ts";
import { renderFindings } from "../render/findings.ts";
import { writeManifestFiles } from "../source/manifest-files.ts";
import { approveEdits } from "./importing/approval.ts";
import { type CheckedDrafts, checkDrafts } from "./importing/check.ts";
import { loadDescribed } from "./importing/described.ts";
import { makeDrafts } from "./importing/drafts.ts";
import { type FoundLive, findLive } from "./importing/live.ts";
import { describeLeaving, describeMissing } from "./importing/missing.ts";
import { type ImportResult, listEntries, othersOf, printImport } from "./importing/report.ts";
import { findSchema } from "./importing/schema.ts";
import { type ImportScope, readScope, type ScopeOptions } from "./importing/scope.ts";
import type { WantedOptions } from "./importing/wanted.ts";
import type { CommonOptions } from "./options.ts";
import { type Io, printJson } from "./outside/io.ts";
import type { Stopping } from "./outside/stopping.ts";
import { withRequests } from "./request-report.ts";
import { type Session, withTenant } from "./session.ts";
import { recall } from "./trail/memory.ts";
import { openWorkspace } from "./workspace.ts";

export interface ImportOptions extends CommonOptions, ScopeOptions, WantedOptions {
  /** Take live edits over into the manifests that there are. */
  readonly drift?: boolean;
  /** With `drift`: whom the commit is by. `branch` is what it is made on. */
  readonly author?: string;
  /** Say what would be written, and write nothing. */
  readonly check?: boolean;
  /** Edit manifests that are there without asking. */
  readonly autoApprove?: boolean;
}

/** Reads live and writes the manifests that say so. Writes nothing to the tenant, and nothing to the trail. */
export async function runImport(
  io: Io,
  words: readonly string[],
  options: ImportOptions,
  stopping: Stopping,
): Promise<ExitCode> {
  refuseFlags(options);
  const scope = readScope(words, options);
  const { branch: _, ...common } = options;
  const workspace = await openWorkspace(io, common, { needCredentials: true, stopping });
  return withTenant(workspace, async (session) => {
    if (options.drift !== true) return importTenant(session, scope, options);
    const { importDrift } = await import("./importing/drift.ts");
    return importDrift(session, scope, options);
  });
}

function refuseFlags({ rev, tenant, ...options }: ImportOptions): void {
  refuseSeveral(tenant, "an import");
  refuseDriftFlags(options);
  if (rev === undefined) return;
  throw new GitopsError("usage", "an import writes to the manifests folder, and --rev names a revision", {
    hint: "Leave out --rev, or check that revision out first.",
  });
}

function refuseDriftFlags({ drift = false, branch, author, as }: Omit<ImportOptions, "rev" | "tenant">): void {
  const flag = branch !== undefined ? "--branch" : author !== undefined ? "--author" : undefined;
  if (!drift && flag !== undefined) {
    throw new GitopsError("usage", `${flag} says nothing without --drift`, {
      hint: "Commit what an import writes yourself.",
    });
  }
  if (drift && as !== undefined) {
    throw new GitopsError("usage", "--drift makes no new manifests, so --as says nothing", {
      hint: "Leave out one of them.",
    });
  }
  if (author === undefined || branch !== undefined) return;
  throw new GitopsError("usage", "--author says nothing without --branch", { hint: "Name the branch to commit on." });
}

async function importTenant(session: Session, scope: ImportScope, options: ImportOptions): Promise<ExitCode> {
  const { io, stopping } = session;
  const memory = await recall(session);
  const described = await loadDescribed(session, memory);
  if (described.blocking.length > 0) return reportBlocked(session, described.blocking);
  const live = await findLive(session, scope, { memory, units: described.units });
  if (stopping.soft.aborted) throw new GitopsError("api/stopped", "the run was stopped before anything was written");
  const drafts = await makeDrafts(session, live.documents, { ...described, ...options, scope });
  const schema = await findSchema(session);
  const checked = checkDrafts(session, drafts, {
    loaded: described.loaded,
    managed: memory.resources,
    comments: (draft) => (schema === undefined ? [] : [`yaml-language-server: $schema=${schema(draft.file)}`]),
  });
  if (options.check !== true && checked.changes.length > 0) {
    await approveEdits(session, checked.changes, options);
    await writeManifestFiles(checked.changes, { folder: described.folder, cwd: io.cwd });
  }
  const missing = [
    ...describeMissing(described.units, live, scope),
    ...describeLeaving(described.units, live, checked.accepted),
  ];
  const result = resultOf(session, { live, checked, missing }, options.check === true);
  printImport(io, result, options.output);
  return exitCodeOf(
    result,
    checked.accepted.some(({ held }) => held.length > 0),
  );
}

function reportBlocked({ io, tenant, options }: Session, findings: readonly Finding[]): ExitCode {
  const why = "these manifests may describe what is to be imported; mend them first. Nothing was written.";
  if (options.output === "json") {
    const document = { formatVersion: 1, tenant: tenant.name, written: [], unread: [], notes: [why], findings };
    printJson(io, withRequests(io, document));
  } else io.print(`${renderFindings(findings, io.paint)}${why}\n`);
  return EXIT.error;
}

interface Imported {
  readonly live: FoundLive;
  readonly checked: CheckedDrafts;
  readonly missing: readonly string[];
}

function resultOf({ tenant }: Session, { live, checked, missing }: Imported, isCheck: boolean): ImportResult {
  const { accepted, refused, findings, changes } = checked;
  const drafts = [...accepted, ...refused.map(({ draft }) => draft)];
  return {
    tenant: tenant.name,
    written: listEntries(checked),
    unread: live.unread,
    general: [...new Set([...missing, ...drafts.flatMap(({ general }) => general)])],
    findings,
    changes,
    isCheck,
    others: othersOf(accepted),
    leavesDrift: missing.length > 0 || accepted.some(({ left, held }) => left.length + held.length > 0),
  };
}

/** 1 when nothing could be had, 4 when a part could not, a shared reference stays or a rule is broken, 2 when `--check` found something to write. */
function exitCodeOf({ written, unread, findings, changes, isCheck }: ImportResult, isHeld: boolean): ExitCode {
  const had = written.filter(({ action }) => action !== "refused").length;
  const isWhole = unread.length === 0 && had === written.length;
  if (!isWhole && had === 0) return EXIT.error;
  if (!isWhole || isHeld || hasErrors(findings)) return EXIT.partial;
  return isCheck && changes.length > 0 ? EXIT.pending : EXIT.ok;
}
