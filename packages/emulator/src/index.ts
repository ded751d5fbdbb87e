/** A local server that simulates the ModelsLab reload API, including its faults. */
export { specialModels } from './api/special-models.ts';
export type { Clock } from './clock/clock.ts';
export { createVirtualClock, type VirtualClock } from './clock/virtual-clock.ts';
export { runEmulator, type CommandHost } from './command.ts';
export { createEmulator, type SocketlessEmulator } from './emulator.ts';
export type { EmulatorReply, EmulatorRequest, RecordedRequest } from './http/types.ts';
export { EMULATOR_OPTION_SPECS, type EmulatorOptions, type OptionName } from './options.ts';
export type { OptionSpec } from './option-types.ts';
export { start, type Emulator } from './server.ts';
