// The TLS keys of a zoo.cfg: the TLS client port and TLS between servers. Reads what they say; files are opened
// by ../tls/key-material.ts. Source: operations.md §3; X509Util, ClientX509Util, QuorumX509Util.

import { resolve } from 'node:path'
import { DEFAULT_TLS_CIPHERS, openSslCiphers } from '../tls/cipher-suites.ts'
import type { Values } from './config-values.ts'
import { HONOURED, type KeyRule, type KeyRules, only } from './key-rule.ts'

export type ClientAuth = 'need' | 'want' | 'none'
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3'

export interface StoreConfig {
  readonly path: string
  readonly type: 'PEM' | 'PKCS12'
  /** Null: not encrypted. */
  readonly password: string | null
  /** Read at start and at each reload; it wins over `password`. */
  readonly passwordPath: string | null
}

/** One kind of connection: clients' (`ssl.`) or servers' (`ssl.quorum.`). */
export interface TlsConfig {
  readonly keyStore: StoreConfig
  /** Null where nobody else's certificate is looked at. */
  readonly trustStore: StoreConfig | null
  readonly clientAuth: ClientAuth
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** As OpenSSL names them, colons between. */
  readonly ciphers: string
  /** Whether a certificate must name the host it comes from. For clients' connections a server never asks. */
  readonly hostnameVerification: boolean
  /** On a port that takes both: a connection that says nothing for so long is plain. */
  readonly detectionTimeoutMs: number
  /** Files that change are read again. */
  readonly reload: boolean
}

export interface MemberTls {
  readonly secureClientPort: number | null
  /** Null: all addresses. */
  readonly secureClientPortAddress: string | null
  /** `clientPort` takes TLS and plain connections. */
  readonly clientPortUnification: boolean
  /** Null: no client port speaks TLS. */
  readonly client: TlsConfig | null
  /** We connect to other servers with TLS. */
  readonly sslQuorum: boolean
  /** Election and quorum port take TLS and plain connections. */
  readonly quorumPortUnification: boolean
  /** Null: no port between servers speaks TLS. */
  readonly quorum: TlsConfig | null
  /** TLS handshakes of clients under way; 0: no limit. */
  readonly handshakesMax: number
  /** No handshake is begun while this server does not serve. */
  readonly earlyDrop: boolean
}

const NO_REVOCATION =
  'revocation lists and OCSP are not supported; keep certificates short-lived, or let a TLS proxy check them'

function sideKeys(prefix: string): Record<string, KeyRule> {
  const honoured = [
    ...['keyStore.location', 'keyStore.password', 'keyStore.passwordPath', 'keyStore.type'],
    ...['trustStore.location', 'trustStore.password', 'trustStore.passwordPath', 'trustStore.type'],
    ...['protocol', 'enabledProtocols', 'ciphersuites', 'clientAuth', 'hostnameVerification'],
    'handshakeDetectionTimeoutMillis',
  ]
  const rules: Record<string, KeyRule> = {}
  for (const name of honoured) rules[prefix + name] = HONOURED
  for (const name of ['crl', 'ocsp']) rules[prefix + name] = only('false', NO_REVOCATION)
  rules[`${prefix}context.supplier.class`] = {
    type: 'refused',
    why: 'there is no Java here; name PEM or PKCS12 files with keyStore.location and trustStore.location',
  }
  return rules
}

export const TLS_KEYS: KeyRules = {
  ...sideKeys('ssl.'),
  ...sideKeys('ssl.quorum.'),
  secureClientPort: HONOURED,
  secureClientPortAddress: HONOURED,
  'client.portUnification': HONOURED,
  'client.certReload': HONOURED,
  'ssl.authProvider': only('x509', 'certificates identify by their subject'),
  'netty.server.outstandingHandshake.limit': HONOURED,
  'netty.server.earlyDropSecureConnectionHandshakes': HONOURED,
  sslQuorum: HONOURED,
  portUnification: HONOURED,
  sslQuorumReloadCertFiles: HONOURED,
}

/** `standalone`: without ports between servers, whose TLS settings then wait for other servers. */
export function readTls(read: Values, standalone: boolean): MemberTls {
  const port = read.integer('secureClientPort', 0, 0, 65535)
  const secureClientPort = read.has('secureClientPort') ? port : null
  const secureClientPortAddress = read.raw('secureClientPortAddress')
  if (secureClientPortAddress !== null && secureClientPort === null)
    read.problem('secureClientPortAddress is set, but secureClientPort is not; add it')
  const clientPortUnification = read.boolean('client.portUnification', false)
  const sslQuorum = read.boolean('sslQuorum', false)
  const quorumPortUnification = read.boolean('portUnification', false)
  const quorum = !standalone && (sslQuorum || quorumPortUnification)
  return {
    secureClientPort,
    secureClientPortAddress,
    clientPortUnification,
    client:
      secureClientPort !== null || clientPortUnification
        ? readSide(read, 'ssl.', read.boolean('client.certReload', false))
        : null,
    sslQuorum,
    quorumPortUnification,
    quorum: quorum ? readSide(read, 'ssl.quorum.', read.boolean('sslQuorumReloadCertFiles', false)) : null,
    handshakesMax: Math.max(0, read.integer('netty.server.outstandingHandshake.limit', -1, -1, 1_000_000)),
    earlyDrop: read.boolean('netty.server.earlyDropSecureConnectionHandshakes', false),
  }
}

function readSide(read: Values, prefix: string, reload: boolean): TlsConfig | null {
  const before = read.problemCount
  const keyStore = readStore(read, `${prefix}keyStore.`)
  const trustStore = readStore(read, `${prefix}trustStore.`)
  const clientAuth = readClientAuth(read, `${prefix}clientAuth`)
  const versions = readVersions(read, prefix)
  const suites = read.raw(`${prefix}ciphersuites`)
  const ciphers =
    suites === null ? { ok: true as const, value: DEFAULT_TLS_CIPHERS } : openSslCiphers(suites.split(','))
  if (!ciphers.ok) read.problem(`${prefix}ciphersuites: ${ciphers.error}`)
  if (trustStore?.type === 'PKCS12')
    read.problem(
      `${prefix}trustStore.location: trusted certificates are read from PEM files only; make one with ` +
        `openssl pkcs12 -in ${trustStore.path} -nokeys -out trust.pem`,
    )
  if (keyStore === null && read.problemCount === before)
    read.problem(`${prefix}keyStore.location is missing: name the file with this server's key and certificate`)
  // Between servers each side looks at the other's certificate.
  if (trustStore === null && (prefix === 'ssl.quorum.' || clientAuth !== 'none') && read.problemCount === before)
    read.problem(
      `${prefix}trustStore.location is missing: name the PEM file with the certificates to trust` +
        (prefix === 'ssl.' ? ', or set ssl.clientAuth=none' : ''),
    )
  const hostnameVerification = read.boolean(`${prefix}hostnameVerification`, true)
  const detectionTimeoutMs = read.integer(`${prefix}handshakeDetectionTimeoutMillis`, 5000, 1, 600_000)
  if (keyStore === null || !ciphers.ok || read.problemCount > before) return null
  return {
    ...{ keyStore, trustStore, clientAuth, ...versions, ciphers: ciphers.value },
    ...{ hostnameVerification, detectionTimeoutMs, reload },
  }
}

const TYPES_BY_ENDING: Readonly<Record<string, string>> = { pem: 'PEM', p12: 'PKCS12', jks: 'JKS', bcfks: 'BCFKS' }

function readStore(read: Values, prefix: string): StoreConfig | null {
  const location = read.raw(`${prefix}location`)
  if (location === null) return null
  const path = resolve(location)
  const ending = /\.([^./]+)$/.exec(path)?.[1] ?? ''
  const type = read.raw(`${prefix}type`)?.toUpperCase() ?? TYPES_BY_ENDING[ending]
  if (type !== 'PEM' && type !== 'PKCS12') {
    read.problem(storeProblem(prefix, path, type ?? null))
    return null
  }
  const passwordPath = read.raw(`${prefix}passwordPath`)
  return { path, type, password: read.raw(`${prefix}password`), passwordPath: passwordPath && resolve(passwordPath) }
}

function storeProblem(prefix: string, path: string, type: string | null): string {
  if (type === null) return `${prefix}location=${path}: end the name in .pem or .p12, or set ${prefix}type`
  if (type !== 'JKS') return `${prefix}type=${type}: only PEM and PKCS12 are read`
  const p12 = path.replace(/\.jks$/, '.p12')
  const convert = `keytool -importkeystore -srckeystore ${path} -destkeystore ${p12} -deststoretype PKCS12`
  const toPem = prefix.endsWith('trustStore.') ? `, then openssl pkcs12 -in ${p12} -nokeys -out trust.pem` : ''
  return `${prefix}location=${path}: Java key stores (JKS) are not read; convert it with ${convert}${toPem}`
}

function readClientAuth(read: Values, key: string): ClientAuth {
  const text = read.text(key) || 'need'
  if (text === 'need' || text === 'want' || text === 'none') return text
  read.problem(`${key}=${text}: write need, want or none`)
  return 'need'
}

/** Apache's default is TLSv1.2 alone; ours takes TLSv1.3 too when the other side offers it. */
function readVersions(read: Values, prefix: string): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  const one = read.raw(`${prefix}protocol`)
  const listed = read.raw(`${prefix}enabledProtocols`) ?? (one === null || one === 'TLS' ? 'TLSv1.2,TLSv1.3' : one)
  const key = read.has(`${prefix}enabledProtocols`) ? 'enabledProtocols' : 'protocol'
  const names = listed.split(',').map((name) => name.trim())
  for (const name of names)
    if (name !== 'TLSv1.2' && name !== 'TLSv1.3')
      read.problem(`${prefix}${key}: ${name} is not offered; write TLSv1.2, TLSv1.3 or both`)
  return {
    minVersion: names.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: names.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  }
}
