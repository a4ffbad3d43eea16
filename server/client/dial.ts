// How a stream of bytes to a server is opened: plainly or through TLS, to each address that a name stands for. What is
// said on it is for connection.ts.

import { lookup } from 'node:dns'
import { readFileSync } from 'node:fs'
import net, { isIP, type LookupFunction } from 'node:net'
import type { Duplex } from 'node:stream'
import tls, { type SecureContextOptions } from 'node:tls'
import { badArguments } from './errors.ts'
import type { ServerAddress } from './server-list.ts'

/** Opens a stream of bytes to a server; errors come as events of the stream. */
export type Dial = (server: ServerAddress) => Duplex

/** PEM text, or the path of a file that holds it. */
export type Pem = string | Buffer

export interface TlsOptions {
  /** Whom to trust. Default: the authorities that come with Node. */
  readonly ca?: Pem | readonly Pem[]
  /** For servers that ask who we are; one file may hold both. */
  readonly cert?: Pem
  readonly key?: Pem
  /** Of an encrypted key. */
  readonly passphrase?: string
  /** The name that the servers' certificates must have. Default: the host of the connect string. */
  readonly servername?: string
  /** False takes any certificate, so anybody on the way may read and answer: for tests alone. Default true. */
  readonly rejectUnauthorized?: boolean
}

/** More names than a connect string with long-lived clients meets; the oldest is forgotten first. */
const TURNS_MAX = 1000

/**
 * Resolves names as the operating system does, at every dial, and gives all addresses: the next dial of the same name
 * begins with the next of them, so that an address whose server accepts and says nothing is not the only one tried.
 */
export function createLookup(resolve: typeof lookup = lookup): LookupFunction {
  const turns = new Map<string, number>()
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const turn = turns.get(hostname) ?? 0
      turns.delete(hostname)
      turns.set(hostname, turn + 1)
      const oldest = turns.size > TURNS_MAX ? turns.keys().next().value : undefined
      if (oldest !== undefined) turns.delete(oldest)
      const from = turn % addresses.length
      const turned = [...addresses.slice(from), ...addresses.slice(0, from)]
      const [first] = turned
      if (options.all || !first) callback(null, turned)
      else callback(null, first.address, first.family)
    })
  }
}

/** `autoSelectFamily` tries one address after the other until one takes the connection. */
function reach({ host, port }: ServerAddress, named: LookupFunction) {
  return { host, port, lookup: named, noDelay: true, autoSelectFamily: true }
}

/** `named`: how names become addresses. */
export function createTcpDial(named = createLookup()): Dial {
  return (server) => net.connect(reach(server, named))
}

export const dialTcp: Dial = createTcpDial()

/**
 * Files are read again at every dial, so that certificates may be renewed under a running client.
 * Throws BadArgumentsError when they cannot be used now; later the last ones that could be go on.
 */
export function createTlsDial(options: TlsOptions, named = createLookup()): Dial {
  let context = readContext(options)
  return (server) => {
    try {
      context = readContext(options)
    } catch {
      // Half-written files: the next dial looks again.
    }
    const servername = options.servername ?? (isIP(server.host) === 0 ? server.host : '')
    return tls.connect({
      ...reach(server, named),
      secureContext: context,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: options.rejectUnauthorized ?? true,
      ...(servername === '' ? {} : { servername }),
    })
  }
}

function readContext({ ca, cert, key, passphrase }: TlsOptions): tls.SecureContext {
  const context: SecureContextOptions = { minVersion: 'TLSv1.2' }
  try {
    if (ca !== undefined) context.ca = (Array.isArray(ca) ? ca : [ca]).map(readPem)
    const own = cert ?? key
    if (own !== undefined) {
      context.cert = readPem(cert ?? own)
      context.key = readPem(key ?? own)
    }
    if (passphrase !== undefined) context.passphrase = passphrase
    return tls.createSecureContext(context)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw badArguments(`tls: the certificates cannot be used: ${why}`)
  }
}

function readPem(pem: Pem): string | Buffer {
  return typeof pem === 'string' && !pem.includes('-----BEGIN') ? readFileSync(pem) : pem
}
