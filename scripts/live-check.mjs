// For anyone with a key: reloads one of your models with the live API, waits, and prints a report on the open questions
// for an issue. It costs as much as one reload, if a reload is billed, and one image for a LoRA.
//
//   npx -y pnpm@10 -s live-check my-model
//   npx -y pnpm@10 -s live-check my-lora --base-model sdxl
//
// MODELSLAB_BASE_URL and POLL_INTERVAL_MS are for runs against the emulator.
import { main } from './live-check/main.mjs';

await main(process);
