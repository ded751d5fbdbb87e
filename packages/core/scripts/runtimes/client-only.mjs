// What a Worker imports; its bundle is measured.
export { createClient, ReloadError } from '@modelslab-reload/core';
