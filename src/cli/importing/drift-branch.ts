/** Manifests of the commit that is checked out, with live edits committed on a branch that nobody has checked out. */
import { join } from "node:path";
import { diffOwned } from "../../engine/diff.ts";
import { siblingsOf, type Unit } from "../../engine/units.ts";
import { GitopsError } from "../../errors.ts";
import type { Resource } from "../../kinds/kind.ts";
import { isSameJson, type Json } from "../../model/json.ts";
import { displayPath } from "../../source/folder.ts";
import { findRevision, gitUser, readCommit } from "../../source/git/git.ts";
import {
  type CommitBase,
  commitOnBranch,
  findChanged,
  findUncommitted,
  type GitIdentity,
  openCommitBase,
  pushCommand,
  readIdentity,
  refuseMoved,
} from "../../source/git/git-commit.ts";
import { type LoadedDocuments, parseFiles } from "../../source/parse-files.ts";
import type { Session } from "../session.ts";
import { placeOf } from "./check.ts";
import { type Described, loadDescribed } from "./described.ts";
import type { Draft } from "./drafts.ts";
import type { DriftBase, Taken } from "./drift-base.ts";
import { describeOthers } from "./report.ts";

export interface BranchOptions {
  readonly branch: string;
  readonly author?: string | undefined;
  /** The manifests folder, absolute. */
  readonly folder: string;
}

/**
 * A branch is only ever added to: what is to be taken over is found from the manifests of HEAD alone, and the branch gets it when it still is
 * what earlier runs for this tenant made of the same manifests, and nothing of that would be undone. For any other, `import/branch` is thrown.
 * Throws `usage` for an author that git would not take, and what `openCommitBase` throws.
 */
export async function openBranch(session: Session, { branch, author, folder }: BranchOptions): Promise<DriftBase> {
  const { io, tenant } = session;
  const identity = await findAuthor(folder, author);
  const base = await openCommitBase(folder, branch, io.secrets.mask(tenant.name));
  const { loaded, pathOf } = await readManifests(session, folder, base.head);
  return {
    loaded,
    async settle(changes, { memory, described, accepted }) {
      if (changes.length === 0) return [];
      const paths = changes.map(({ file }) => pathOf(file));
      const differing = await findUncommitted(base.standing, paths);
      if (differing.length > 0) throw refuseUncommitted(differing);
      if (base.fork === null) return changes;
      const ours = await findUnmoved(base, base.fork, paths);
      const held = await readManifests(session, folder, base.parent);
      const merged = mergeFiles(loaded, held.loaded, (file) => ours.has(held.pathOf(file)));
      const wanted = new Map(accepted.map((draft) => [placeOf(draft), draft]));
      const lost = findLost(described, await loadDescribed(session, memory, merged), wanted);
      if (lost !== undefined) {
        throw refuseMoved(branch, `it holds what this run does not take over, or what is not live any more: ${lost}`);
      }
      return changes.flatMap(({ file, after }) => {
        const before = held.loaded.texts.get(file) ?? "";
        return before === after ? [] : [{ file, before, after }];
      });
    },
    async write(changes, taken) {
      const push = await pushCommand(base);
      if (changes.length === 0) return { branch, commit: base.tip, push, isNew: false };
      const files = changes.map(({ file, after }) => ({ path: pathOf(file), text: after }));
      const message = io.secrets.mask(writeMessage(tenant.name, taken));
      const commit = await commitOnBranch(base, { files, message, author: identity });
      return { branch, commit, push, isNew: true };
    },
  };
}

/**
 * The files that the branch has changed since it left HEAD. Neither they nor those that are to change may have been changed in HEAD since: one
 * of both would be undone. Throws `import/branch` when one was.
 */
async function findUnmoved(
  { standing, branch, head, parent }: CommitBase,
  fork: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const ours = await findChanged(standing, fork, parent);
  const affected = new Set([...paths, ...ours]);
  const moved = (await findChanged(standing, fork, head)).filter((path) => affected.has(path));
  if (moved.length > 0) throw refuseMoved(branch, `HEAD has changed ${moved.join(", ")} since`);
  return new Set(ours);
}

/** The manifests as merging the branch into HEAD makes them: what HEAD alone has changed, added or removed since is HEAD's. */
function mergeFiles(head: LoadedDocuments, branch: LoadedDocuments, isOurs: (file: string) => boolean) {
  const others = head.documents.filter(({ file }) => !isOurs(file));
  const documents = [...others, ...branch.documents.filter(({ file }) => isOurs(file))];
  return { ...head, documents };
}

/** The first thing that the branch (`held`, merged into HEAD) holds and `wanted` (drafts by their places) does not change; undefined when all is kept, or is newer. */
function findLost(head: Described, held: Described, wanted: ReadonlyMap<string, Draft>): string | undefined {
  const [valueByPlace, found, onBranch] = [documentsOf(head), membersByPlace(head.units), membersByPlace(held.units)];
  for (const { file, index, value } of held.loaded.documents) {
    const place = placeOf({ file, index });
    const before = valueByPlace.get(place);
    if (before !== undefined && isSameJson(before, value)) continue;
    const [asked, taken] = [found.get(place), onBranch.get(place)];
    if (asked === undefined || taken === undefined) return file;
    const desired = asked.resource.desired(asked.siblings);
    const draft = wanted.get(place);
    const live = draft && asked.resource.live(draft.document.document, asked.siblings);
    const kept = live === undefined ? [] : pathsOf(live, desired);
    const lost = pathsOf(taken.resource.desired(taken.siblings), desired).find((path) => !isWithin(path, kept));
    if (lost !== undefined) return `${asked.resource.kind} ${asked.resource.name} at ${lost}`;
  }
  return undefined;
}

function documentsOf({ loaded }: Described): ReadonlyMap<string, Json> {
  return new Map(loaded.documents.map((one) => [placeOf(one), one.value]));
}

interface Member {
  readonly resource: Resource;
  readonly siblings: readonly Resource[];
}

function membersByPlace(units: readonly Unit[]): ReadonlyMap<string, Member> {
  const members = units.flatMap((unit) =>
    unit.resources.map((resource) => ({ resource, siblings: siblingsOf(unit, resource) })),
  );
  return new Map(members.map((member) => [placeOf(member.resource.source), member]));
}

function pathsOf(owned: Json, before: Json): readonly string[] {
  return diffOwned(before, owned).patch.map(({ path }) => path);
}

function isWithin(path: string, others: readonly string[]): boolean {
  return others.some((other) => other === path || path.startsWith(`${other}/`) || other.startsWith(`${path}/`));
}

/** The manifests of a commit, by the names that they have in the folder. */
async function readManifests({ io }: Session, folder: string, commit: string) {
  const committed = await findRevision({ folder, rev: commit, cwd: io.cwd });
  const { files, problems } = await readCommit(committed);
  const above = `${committed.rev}:${committed.path === "" ? "" : `${committed.path}/`}`;
  const paths = new Map<string, string>();
  const named = files.map((one) => {
    const file = displayPath(io.cwd, join(folder, one.file.slice(above.length)));
    paths.set(file, one.file.slice(committed.rev.length + 1));
    return { ...one, file };
  });
  return { loaded: parseFiles({ files: named, problems }), pathOf: (file: string) => paths.get(file) ?? file };
}

async function findAuthor(folder: string, author: string | undefined): Promise<GitIdentity> {
  const text = author ?? (await gitUser(folder));
  const identity = text === undefined ? undefined : readIdentity(text);
  if (identity !== undefined) return identity;
  const message = text === undefined ? "git knows no user to commit as" : `"${text}" is not "Name <email>"`;
  throw new GitopsError("usage", message, {
    hint: 'Give --author "Name <email>", or set user.name and user.email for git.',
  });
}

function refuseUncommitted(paths: readonly string[]): GitopsError {
  const message = `these manifests differ from their commit, and the edits would be made without that: ${paths.join(", ")}`;
  return new GitopsError("import/branch", message, { hint: "Commit or stash them first." });
}

function writeMessage(tenant: string, { lines, others }: Taken): string {
  const plan = `Run \`cxone-gitops plan --tenant ${tenant}\` on this branch: nothing is left to change of what was taken over.`;
  const further = describeOthers(others).trim();
  const end = further === "" ? plan : `${plan}\n${further}`;
  return `Take over live edits of ${tenant}\n\n${lines.map((line) => `- ${line}\n`).join("")}\n${end}\n`;
}
