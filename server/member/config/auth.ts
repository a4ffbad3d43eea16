// The authentication keys of a zoo.cfg: schemes of clients, superusers, what is enforced, SASL of clients and
// between servers. What a scheme does is ../auth's business. Source: operations.md §3, client-protocol.md §10,
// zab.md §8; ProviderRegistry, AuthenticationHelper, QuorumPeerConfig.

import { createHash, getHashes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { AclSchemes } from '#shared/tree/acl.ts'
import { digestLogin, digestUsers, type JaasSection, parseJaas } from '../auth/jaas-file.ts'
import type { Values } from './config-values.ts'
import { HONOURED, type KeyRule, type KeyRules, refused } from './key-rule.ts'

export type SaslUsers = ReadonlyMap<string, string>

/** Servers that prove themselves to each other. */
export interface QuorumSasl {
  /** Who may connect to us. */
  readonly users: SaslUsers
  /** As whom we connect. */
  readonly login: { readonly user: string; readonly password: string }
  /** We prove ourselves when we connect. */
  readonly learnerRequire: boolean
  /** Whoever connects must prove itself. */
  readonly serverRequire: boolean
}

export interface AuthConfig {
  readonly digestEnabled: boolean
  /** As Node names it. */
  readonly digestAlgorithm: string
  /** `super:<digest>`; null: nobody is superuser by a password. */
  readonly superDigest: string | null
  /** The subject that is superuser; null: none. */
  readonly x509SuperUser: string | null
  readonly saslSuperUsers: ReadonlySet<string>
  /** What an ACL may name. */
  readonly schemes: AclSchemes
  /** The scheme `ensemble` is on. */
  readonly ensembleProvider: boolean
  /** Null: every name is right. */
  readonly ensembleNames: ReadonlySet<string> | null
  /** Without an identity of one of these schemes a client may not ask anything; null: it may. */
  readonly enforcedSchemes: ReadonlySet<string> | null
  readonly allowSaslFailedClients: boolean
  /** Null: no SASL on client ports. */
  readonly clientSasl: SaslUsers | null
  /** Null: servers do not prove themselves to each other. */
  readonly quorumSasl: QuorumSasl | null
}

const NO_KERBEROS: KeyRule = refused('Kerberos (GSSAPI) is not supported; DIGEST-MD5 is')

export const AUTH_KEYS: KeyRules = {
  'DigestAuthenticationProvider.enabled': HONOURED,
  'DigestAuthenticationProvider.digestAlg': HONOURED,
  'DigestAuthenticationProvider.superDigest': HONOURED,
  'X509AuthenticationProvider.superUser': HONOURED,
  'SASLAuthenticationProvider.superPassword': HONOURED,
  superUser: HONOURED,
  letAnySaslUserDoX: HONOURED,
  ensembleAuthName: HONOURED,
  'enforce.auth.enabled': HONOURED,
  'enforce.auth.schemes': HONOURED,
  sessionRequireClientSASLAuth: HONOURED,
  allowSaslFailedClients: HONOURED,
  'sasl.serverconfig': HONOURED,
  'zabscope.jaasFile': HONOURED,
  'quorum.auth.enableSasl': HONOURED,
  'quorum.auth.learnerRequireSasl': HONOURED,
  'quorum.auth.serverRequireSasl': HONOURED,
  'quorum.auth.learner.saslLoginContext': HONOURED,
  'quorum.auth.server.saslLoginContext': HONOURED,
  'quorum.auth.kerberos.servicePrincipal': NO_KERBEROS,
  'kerberos.removeHostFromPrincipal': NO_KERBEROS,
  'kerberos.removeRealmFromPrincipal': NO_KERBEROS,
  'security.auth_to_local': NO_KERBEROS,
}

export const AUTH_FAMILIES: readonly (readonly [RegExp, KeyRule])[] = [
  [/^authProvider\./, HONOURED],
  [/^superUser\./, HONOURED],
]

/** `usesCertificates`: a client port speaks TLS, which brings the scheme x509 with it. */
export function readAuth(read: Values, standalone: boolean, usesCertificates: boolean): AuthConfig {
  const providers = readProviders(read)
  const digestEnabled = read.boolean('DigestAuthenticationProvider.enabled', true) || providers.has('digest')
  const digestAlgorithm = readDigestAlgorithm(read)
  const jaas = readJaas(read)
  const sasl = providers.has('sasl')
  const x509 = usesCertificates || providers.has('x509')
  const schemes: AclSchemes = { digest: digestEnabled, sasl, x509, anySaslUser: read.raw('letAnySaslUserDoX') }
  return {
    digestEnabled,
    digestAlgorithm,
    superDigest: readSuperDigest(read, digestAlgorithm),
    x509SuperUser: read.raw('X509AuthenticationProvider.superUser'),
    saslSuperUsers: new Set(read.family('superUser').flatMap(([key, user]) => (isSuperUserKey(key) ? [user] : []))),
    schemes,
    ensembleProvider: providers.has('ensemble'),
    ensembleNames: readEnsembleNames(read, providers),
    enforcedSchemes: readEnforced(read, new Set(['ip', ...providers, ...availableSchemes(schemes)])),
    allowSaslFailedClients: read.boolean('allowSaslFailedClients', false),
    clientSasl: readClientSasl(read, jaas),
    quorumSasl: readQuorumSasl(read, jaas, standalone),
  }
}

function isSuperUserKey(key: string): boolean {
  return key === 'superUser' || key.startsWith('superUser.')
}

function availableSchemes({ digest, sasl, x509 }: AclSchemes): string[] {
  return [...(digest ? ['digest'] : []), ...(sasl ? ['sasl'] : []), ...(x509 ? ['x509'] : [])]
}

const PROVIDER = /^org\.apache\.zookeeper\.server\.auth\.(SASL|X509|Digest|IP|Ensemble)AuthenticationProvider$/

/** The schemes that authProvider.* lines name. */
function readProviders(read: Values): ReadonlySet<string> {
  const schemes = new Set<string>()
  for (const [key, name] of read.family('authProvider.')) {
    const provider = PROVIDER.exec(name)?.[1]
    if (provider === undefined)
      read.problem(
        `${key}=${name}: there are no plug-ins; SASL, X509, Digest, IP and EnsembleAuthenticationProvider are`,
      )
    else schemes.add(provider.toLowerCase())
  }
  return schemes
}

/** Java's names for what Node calls sha1, sha256, sha512-256, sha3-256 … */
function readDigestAlgorithm(read: Values): string {
  const name = read.text('DigestAuthenticationProvider.digestAlg') || 'sha1'
  const sha = name.replace(/^sha-(\d)/, 'sha$1').replace('/', '-')
  const algorithm = sha === 'sha' ? 'sha1' : sha
  if (/^(sha\d|md5$)/.test(algorithm) && getHashes().includes(algorithm)) return algorithm
  read.problem(
    `DigestAuthenticationProvider.digestAlg=${name}: no such digest here; write SHA1, SHA-256, SHA-512 or SHA3-256`,
  )
  return 'sha1'
}

function readSuperDigest(read: Values, algorithm: string): string | null {
  const value = read.raw('DigestAuthenticationProvider.superDigest')
  if (value === null) return null
  const [, digest = ''] = /^super:([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? []
  if (digest.length === createHash(algorithm).digest('base64').length) return value
  read.problem(
    `DigestAuthenticationProvider.superDigest: write super:<base64 of ${algorithm.toUpperCase()}("super:password")>`,
  )
  return null
}

function readEnsembleNames(read: Values, providers: ReadonlySet<string>): ReadonlySet<string> | null {
  const names = read.raw('ensembleAuthName')
  if (names === null) return null
  if (!providers.has('ensemble'))
    read.problem(
      'ensembleAuthName is set, but the scheme is off; add ' +
        'authProvider.1=org.apache.zookeeper.server.auth.EnsembleAuthenticationProvider',
    )
  return new Set(names.split(',').map((name) => name.trim()))
}

/** sessionRequireClientSASLAuth is the older word for enforcing `sasl`, and wins. */
function readEnforced(read: Values, available: ReadonlySet<string>): ReadonlySet<string> | null {
  const requiresSasl = read.boolean('sessionRequireClientSASLAuth', false)
  if (!read.boolean('enforce.auth.enabled', false) && !requiresSasl) return null
  const listed = requiresSasl ? 'sasl' : read.raw('enforce.auth.schemes')
  if (listed === null) {
    read.problem('enforce.auth.enabled=true needs enforce.auth.schemes: name the schemes of which one is enough')
    return null
  }
  const schemes = new Set(listed.split(',').map((scheme) => scheme.trim()))
  for (const scheme of schemes)
    if (!available.has(scheme))
      read.problem(`enforced authentication: the scheme ${scheme} is not available; ${howToEnable(scheme)}`)
  return schemes
}

function howToEnable(scheme: string): string {
  const provider = { sasl: 'SASL', x509: 'X509', digest: 'Digest', ensemble: 'Ensemble' }[scheme]
  if (provider === undefined) return 'write ip, digest, sasl or x509'
  return `add authProvider.1=org.apache.zookeeper.server.auth.${provider}AuthenticationProvider`
}

interface Jaas {
  readonly path: string
  readonly sections: ReadonlyMap<string, JaasSection>
}

function readJaas(read: Values): Jaas | null {
  const file = read.raw('zabscope.jaasFile')
  if (file === null) return null
  const path = resolve(file)
  try {
    const sections = parseJaas(readFileSync(path, 'utf8'))
    if (sections.ok) return { path, sections: sections.value }
    read.problem(`zabscope.jaasFile: ${path}: ${sections.error}`)
  } catch (error) {
    read.problem(`zabscope.jaasFile: ${error instanceof Error ? error.message : String(error)}`)
  }
  return null
}

function readClientSasl(read: Values, jaas: Jaas | null): SaslUsers | null {
  const named = read.raw('sasl.serverconfig')
  const name = named ?? 'Server'
  const section = jaas?.sections.get(name)
  if (!section) {
    if (named !== null)
      read.problem(`sasl.serverconfig=${named}: add a section ${named} { … }; to the file of zabscope.jaasFile`)
    return null
  }
  const users = digestUsers(section)
  if (!users.ok) {
    read.problem(`zabscope.jaasFile: section ${name}: ${users.error}`)
    return null
  }
  // The configuration's password for `super` wins, where the file knows that user at all.
  const superPassword = read.raw('SASLAuthenticationProvider.superPassword')
  if (superPassword === null || !users.value.has('super')) return users.value
  return new Map([...users.value, ['super', superPassword]])
}

function readQuorumSasl(read: Values, jaas: Jaas | null, standalone: boolean): QuorumSasl | null {
  const enabled = read.boolean('quorum.auth.enableSasl', false)
  const learnerRequire = read.boolean('quorum.auth.learnerRequireSasl', false)
  const serverRequire = read.boolean('quorum.auth.serverRequireSasl', false)
  if (!enabled && (learnerRequire || serverRequire))
    read.problem('quorum.auth.learnerRequireSasl and .serverRequireSasl need quorum.auth.enableSasl=true')
  else if (serverRequire && !learnerRequire)
    read.problem('quorum.auth.serverRequireSasl=true needs quorum.auth.learnerRequireSasl=true')
  if (!enabled || standalone) return null
  const serverName = read.raw('quorum.auth.server.saslLoginContext') ?? 'QuorumServer'
  const learnerName = read.raw('quorum.auth.learner.saslLoginContext') ?? 'QuorumLearner'
  const server = jaas?.sections.get(serverName)
  const learner = jaas?.sections.get(learnerName)
  if (!server || !learner) {
    const missing = [...(server ? [] : [serverName]), ...(learner ? [] : [learnerName])].join(' and ')
    read.problem(`quorum.auth.enableSasl=true needs the section ${missing} in the file that zabscope.jaasFile names`)
    return null
  }
  const users = digestUsers(server)
  const login = digestLogin(learner)
  if (!users.ok) read.problem(`zabscope.jaasFile: section ${serverName}: ${users.error}`)
  if (!login.ok) read.problem(`zabscope.jaasFile: section ${learnerName}: ${login.error}`)
  return users.ok && login.ok ? { users: users.value, login: login.value, learnerRequire, serverRequire } : null
}
