/** A repository with one flow and its tests, what it is pushed to, and a tenant behind a socket. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Emulator, startEmulator } from "../../src/emulator/server.ts";
import { FLOW } from "../helpers/manifests.ts";
import { commitAll, git, makeFolder, makeRepository, writeFiles } from "../helpers/temp-folder.ts";
import { configFor } from "../helpers/world.ts";
import { openDoor } from "./door.ts";

const FLOW_TEST = `apiVersion: cxone-gitops/v1
kind: FlowTest
metadata: { name: main-menu-paths }
spec:
  flow: main-menu
  cases:
    - { name: one goes to billing, given: { dtmf: "1" }, expect: { visits: [node_queue_03] } }
`;

export const FLOW_ID = "ivr_main_menu_v2";

export interface Place {
  readonly emulator: Emulator;
  /** For whatever a test keeps beside them. */
  readonly folder: string;
  /** Somebody's clone. */
  readonly clone: string;
  readonly origin: string;
  /** The command as a program's script. */
  readonly command: string;
  /** Writes that the tenant carried out, as `METHOD path`. */
  writes(): readonly string[];
  /** Commits the flow with another skill, on the branch that the clone is at; the new commit. */
  commitSkill(skill: string): string;
  /** The audit trail as it is on its branch. */
  trail(): readonly Readonly<Record<string, unknown>>[];
}

export async function openPlace(t: TestContext): Promise<Place> {
  const emulator = await startEmulator();
  t.after(() => emulator.close());
  const clone = makeRepository(t, {
    "cxone-gitops.yaml": `audit: { git: { branch: cxone-audit } }\n${configFor(emulator.url)}`,
    "manifests/flows/main-menu.yaml": FLOW,
    "manifests/tests/main-menu.yaml": FLOW_TEST,
    ".gitignore": ".cxone-gitops/\n",
  });
  const folder = makeFolder(t);
  const origin = join(folder, "origin.git");
  git(folder, "clone", "--quiet", "--bare", clone, origin);
  git(clone, "remote", "add", "origin", origin);
  return {
    emulator,
    folder,
    clone,
    origin,
    command: await openDoor(t),
    writes: () => emulator.log().flatMap(({ carriedOut, method, path }) => (carriedOut ? [`${method} ${path}`] : [])),
    commitSkill: (skill) => {
      writeFiles(clone, { "manifests/flows/main-menu.yaml": FLOW.replace("skill: Billing", `skill: ${skill}`) });
      return commitAll(clone, `Send callers to ${skill}`);
    },
    trail: () =>
      git(origin, "show", "cxone-audit:audit.jsonl")
        .split("\n")
        .map((line) => JSON.parse(line)),
  };
}

/** What somebody changes by hand, in the vendor's editor. */
export function editLive({ emulator }: Place): void {
  emulator.editFlow(FLOW_ID, { nodes: [{ id: "node_queue_03", properties: { skill: "Retention" } }] });
}
