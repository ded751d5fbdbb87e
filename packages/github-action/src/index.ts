import { setFailed } from '@actions/core';
import { endStep, watchForEnd } from './ending.ts';
import { main } from './main.ts';

void main(watchForEnd()).catch(setFailed).finally(endStep);
