import type { Figure } from "../figures.ts";
import type { Product } from "../product.ts";

export interface Bench {
  readonly product: Product;
  /** An empty folder for this scenario alone. */
  readonly folder: string;
}

/** Makes its worlds, measures, and throws when what was measured did not do what it should. */
export type Scenario = (bench: Bench) => Promise<readonly Figure[]>;
