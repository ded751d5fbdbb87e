import { testTransport } from '../../test/transport-contract.ts';
import { createFetchTransport } from './fetch.ts';
import { createUndiciTransport } from './undici.ts';

testTransport('undici', { createTransport: createUndiciTransport });
testTransport('fetch', { createTransport: createFetchTransport });
