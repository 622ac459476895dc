/** Whose pipelines `init` can write. */
export const PIPELINES = ["github", "gitlab", "jenkins", "none"] as const;
export type Pipelines = (typeof PIPELINES)[number];
