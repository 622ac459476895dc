import type { Resource } from "../kinds/kind.ts";
import { sha256 } from "../model/digest.ts";
import { canonicalJson } from "../model/json.ts";
import { MASK } from "../model/secrets.ts";

/** A resource's manifest as the trail keeps it. */
export interface KeptForm {
  /** As `digestOf` gives it. */
  readonly digest: string;
  /**
   * True when every text in it is what it says: no mask, no reference. Loaded from the trail it makes the very resource that it is the
   * form of, so whoever has the one need not read the other.
   */
  readonly isPlain: boolean;
}

/** Asked for when the trail is recalled, when a plan is made and again before it is applied. */
const FORMS = new WeakMap<Resource, KeptForm>();

export function keptFormOf(resource: Resource): KeptForm {
  const known = FORMS.get(resource);
  if (known !== undefined) return known;
  const text = canonicalJson(resource.manifest());
  const form = { digest: `sha256:${sha256(text)}`, isPlain: !text.includes(MASK) && !text.includes("${") };
  FORMS.set(resource, form);
  return form;
}
