// The chroot of a connect string: a prefix that the client puts before each path it sends and takes off
// each path it receives. Servers never see it. Source: ClientCnxn, client-protocol.md §3.3.

import { isUnder } from '#shared/zk/path.ts'

export interface Chroot {
  /** The path as the server knows it. */
  readonly toServer: (path: string) => string
  /** The path as the caller knows it; one outside of the chroot stays as it is. */
  readonly toCaller: (path: string) => string
}

const NONE: Chroot = { toServer: (path) => path, toCaller: (path) => path }

/** @param prefix empty, or a legal path other than `/` */
export function makeChroot(prefix: string): Chroot {
  if (prefix === '') return NONE
  return {
    toServer: (path) => (path === '/' ? prefix : prefix + path),
    toCaller: (path) => {
      if (path === prefix) return '/'
      return isUnder(path, prefix) ? path.slice(prefix.length) : path
    },
  }
}
