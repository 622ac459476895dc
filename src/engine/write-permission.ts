import { messageOf } from "../errors.ts";
import type { Failure } from "./make-outcome.ts";
import type { WriteContext } from "./write-context.ts";

/** Why this run must send nothing more; undefined when it may. Whoever cannot find out must not. Never throws. */
export async function findBar({ mayWrite }: Pick<WriteContext, "mayWrite">): Promise<Failure | undefined> {
  try {
    if (await mayWrite()) return undefined;
    return barredBecause("this run was held up for so long that another one may be at work on the tenant by now");
  } catch (thrown) {
    return barredBecause(`whether another run is at work on the tenant by now cannot be told: ${messageOf(thrown)}`);
  }
}

function barredBecause(message: string): Failure {
  return { code: "apply/busy", message, hint: "Run again: it looks at what is there before it sends anything." };
}
