import type { Seed } from "./seed.ts";

/** The tenant that both articles talk about: the workflow exactly as seed SE shows it, and the ids that its examples use. */
export const DEFAULT_SEED: Seed = {
  clients: [],
  flows: [],
  workflows: [
    {
      id: "wf_12345",
      name: "Order Confirmation Workflow",
      version: 3,
      nodes: [{ id: "start_node", type: "start", properties: {} }],
      transitions: [],
      createdTimestamp: 1672531200000,
      lastUpdatedTimestamp: 1672617600000,
    },
  ],
  templates: [{ id: "tmpl_inv_2024", name: "Invoice 2024", status: "active" }],
  attachments: [
    { fileId: "att_pdf_001", fileName: "invoice.pdf", size: 248_320 },
    { fileId: "att_png_002", fileName: "logo.png", size: 18_432 },
  ],
  webhooks: [],
  options: {},
  faults: [],
};
