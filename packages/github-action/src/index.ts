import { setFailed } from '@actions/core';
import { exitStep, watchShutdown } from './lifecycle.ts';
import { main } from './main.ts';

void main(watchShutdown()).catch(setFailed).finally(exitStep);
