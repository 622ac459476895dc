/** Long texts for people, cut so that what matters is still there. */

/** Characters kept before the first difference of two texts. */
const CONTEXT = 40;

/** The beginning of a text; "…" stands for what is left out. */
export function excerpt(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Two texts of which at least one is long, cut around the place where they begin to differ, so that the difference shows. */
export function excerptPair(live: string, desired: string, longest: number): readonly [live: string, desired: string] {
  if (Math.max(live.length, desired.length) <= longest) return [live, desired];
  let common = 0;
  while (common < live.length && live[common] === desired[common]) common += 1;
  const cut = Math.max(0, common - CONTEXT);
  const from = (text: string) => excerpt(`${cut === 0 ? "" : "…"}${text.slice(cut)}`, longest);
  return [from(live), from(desired)];
}
