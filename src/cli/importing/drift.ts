/** `import --drift`: live edits of what manifests describe go back into these manifests. */
import { EXIT, type ExitCode, GitopsError } from "../../errors.ts";
import type { Session } from "../session.ts";
import { recall } from "../trail/memory.ts";
import { checkDrafts } from "./check.ts";
import { loadDescribed } from "./described.ts";
import { type DriftBaseOptions, type Landing, NOWHERE, openDriftBase } from "./drift-base.ts";
import { findDrift } from "./drift-found.ts";
import { type DriftResult, describeTaken, isPartial, makeResult, printDrift } from "./drift-report.ts";
import type { ImportScope } from "./scope.ts";
import type { WantedOptions } from "./wanted.ts";

export interface ImportDriftOptions extends DriftBaseOptions, WantedOptions {
  /** Say what would be written, and write nothing. */
  readonly check?: boolean;
}

/**
 * Takes live edits over into the manifests of the folder, or into a commit on a branch. What git has changed since the last apply stays as git
 * says. Writes nothing when a read failed: what is unknown may be an edit. Writes nothing to the tenant, and nothing to the trail.
 */
export async function importDrift(
  session: Session,
  scope: ImportScope,
  options: ImportDriftOptions,
): Promise<ExitCode> {
  const { io, stopping, tenant } = session;
  const base = await openDriftBase(session, options);
  const memory = await recall(session);
  const described = await loadDescribed(session, memory, base.loaded);
  const { blocking, units, loaded } = described;
  const empty = { tenant: tenant.name, isCheck: options.check === true, memory };
  if (blocking.length > 0) {
    return finish(
      session,
      makeResult({ ...empty, finds: [], unread: [], checked: NOTHING }, NOWHERE, blocking),
      EXIT.error,
    );
  }
  const asked = base.asked === undefined ? [] : (await loadDescribed(session, memory, base.asked)).units;
  const { finds, unread } = await findDrift(session, scope, { ...options, memory, units, asked });
  if (stopping.soft.aborted) throw new GitopsError("api/stopped", "the run was stopped before anything was written");
  if (unread.length > 0) {
    return finish(session, makeResult({ ...empty, finds, unread, checked: NOTHING }, NOWHERE), EXIT.error);
  }
  const checked = await checkDrafts(
    session,
    finds.flatMap(({ draft }) => draft ?? []),
    { documents: loaded.documents, cwd: io.cwd, comments: () => [], ...(base.readText && { readText: base.readText }) },
  );
  const input = { ...empty, finds, unread, checked };
  await base.check(checked.changes);
  let landing: Landing = NOWHERE;
  if (options.check !== true && checked.changes.length > 0) {
    landing = await base.write(checked.changes, describeTaken(input));
  }
  const result = makeResult(input, landing);
  return finish(session, result, exitCodeOf(result, checked.changes.length > 0));
}

const NOTHING = { accepted: [], refused: [], changes: [], findings: [] };

function finish({ io, options }: Session, result: DriftResult, code: ExitCode): ExitCode {
  printDrift(io, result, options.output);
  return code;
}

/** 2 when `--check` found something to write, 4 when an edit made live could not be taken over. */
function exitCodeOf(result: DriftResult, hasEdits: boolean): ExitCode {
  if (result.isCheck && hasEdits) return EXIT.pending;
  return isPartial(result) ? EXIT.partial : EXIT.ok;
}
