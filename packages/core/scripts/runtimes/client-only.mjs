// The import of a minimal Worker, whose bundle is measured.
export { createClient, ReloadError } from '@modelslab-reload/core';
