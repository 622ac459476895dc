import type { Impact, PatchOperation } from "../../model/plan.ts";

/** Node properties that say how a flow looks in an editor, not how a call goes (assumption: no source lists properties). */
const LAYOUT =
  /^\/nodes\/[^/]+\/properties\/(x|y|position|layout|color|colour|icon|label|comment|description|notes)(\/|$)/;

/** A flow's name and its layout are for colleagues; callers notice everything else. */
export function flowImpact(patch: readonly PatchOperation[]): Impact {
  const isCosmetic = patch.every(({ path }) => path === "/name" || LAYOUT.test(path));
  return isCosmetic ? "cosmetic" : "caller-visible";
}
