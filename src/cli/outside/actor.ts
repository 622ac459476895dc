import { userInfo } from "node:os";
import { type ActorIdentity, describeActor } from "../../audit/identity.ts";
import { gitUser } from "../../source/git/git.ts";
import type { Io } from "./io.ts";

/** On whose behalf this process works; `directory` is where git is asked for its user. Never throws. */
export async function identifyActor({ env }: Pick<Io, "env">, directory: string): Promise<ActorIdentity> {
  return describeActor(env, await gitUser(directory), systemUser());
}

/** A container may run as a number that no name belongs to: then the system throws. */
function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
