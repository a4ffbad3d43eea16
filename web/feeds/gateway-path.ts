// Where the gateway is on its origin: at the root, or below a base path that a proxy gives it. The page's own scripts
// know, because they lie one folder below it, built (assets/) as well as served by vite (feeds/).

/** The path of something of the gateway's, for example of `socket.io/`. */
export function gatewayPath(below: string, script: string = import.meta.url): string {
  return new URL(`../${below}`, script).pathname
}
