export * from '@modelslab-reload/core';
export { createClient, type FleetClient, type FleetOptions } from './client.ts';
