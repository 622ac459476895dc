/** How the mails of a workflow come into manifests: as parts of the whole, or each as one of its own. */
export const MAIL_FORMS = ["workflows", "email-nodes"] as const;
export type MailForm = (typeof MAIL_FORMS)[number];
