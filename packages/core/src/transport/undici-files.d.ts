// undici has no types for its single files.
declare module 'undici/lib/api/index.js' {
  import type { Dispatcher } from 'undici';

  type Called<Method extends 'connect' | 'request'> = (
    this: Dispatcher,
    options: Parameters<Dispatcher[Method]>[0],
  ) => ReturnType<Dispatcher[Method]>;
  const api: { connect: Called<'connect'>; request: Called<'request'> };
  export default api;
}
declare module 'undici/lib/core/connect.js' {
  export { buildConnector as default } from 'undici';
}
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici';
}
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}
declare module 'undici/lib/dispatcher/proxy-agent.js' {
  export { ProxyAgent as default } from 'undici';
}
