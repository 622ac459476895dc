import type { Call, Family, Reply } from "./family.ts";

/** What came of a write that only a look guards: the tenant's reply, or what stood against sending it. */
export type Guarded<T> = { readonly reply: Reply } | { readonly obstacle: T };

/**
 * Sends a write while `look` finds nothing against it. It looks right before each time that the write is sent, and again when a pause came
 * in between; so an edit is overseen only when it comes in the time of about one request. Without a look it is sent as it is.
 */
export async function sendGuarded<T>(
  family: Family,
  call: Call,
  look: (() => Promise<T | undefined>) | undefined,
): Promise<Guarded<T>> {
  if (look === undefined) return { reply: await family.send(call) };
  const found: T[] = [];
  const mayGo = async () => {
    const obstacle = await look();
    if (obstacle !== undefined) found.push(obstacle);
    return obstacle === undefined;
  };
  const reply = await family.send({ ...call, mayGo });
  const [obstacle] = found;
  return obstacle === undefined ? { reply } : { obstacle };
}
