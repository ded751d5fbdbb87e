/**
 * Returns true for a host that is this machine. Such a request is never sent through a proxy and may use
 * plain HTTP, because the key does not leave the machine.
 *
 * @param hostname as in `URL`: in lower case, an IPv6 address in brackets
 */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
