import type { Letter } from "../figures.ts";
import { apply } from "./apply.ts";
import { coldPlan, coldPlanWithLimit } from "./cold-plan.ts";
import { faults } from "./faults.ts";
import { impact } from "./impact.ts";
import type { Scenario } from "./scenario.ts";
import { startUp } from "./start-up.ts";
import { validate } from "./validate.ts";
import { warmPlan } from "./warm-plan.ts";

export const SCENARIOS: Readonly<Record<Letter, Scenario>> = {
  a: coldPlan,
  b: coldPlanWithLimit,
  c: warmPlan,
  d: apply,
  e: validate,
  f: startUp,
  g: faults,
  h: impact,
};
