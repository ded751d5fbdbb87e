/** A local server that behaves as the ModelsLab reload API may behave, faults included. */
export type { Clock } from './clock.ts';
export { createEmulator, type SocketlessEmulator } from './emulator.ts';
export type { EmulatorReply, EmulatorRequest, RecordedRequest } from './exchange.ts';
export type { EmulatorOptions } from './options.ts';
export { start, type Emulator } from './server.ts';
export { specialModels } from './special-models.ts';
export { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
