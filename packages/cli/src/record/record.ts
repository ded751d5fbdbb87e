export { recordExchanges } from './exchanges.ts';
export { openRecord } from './file.ts';
