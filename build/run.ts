/**
 * `npm run build`: makes `dist/`, the compiled form that the published package holds, because Node does not run TypeScript below
 * node_modules. It has no other needs: the libraries are inside, and their licences beside it.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { bundleCommand } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const into = join(root, "dist");

rmSync(into, { recursive: true, force: true });
await bundleCommand({ root, into });
