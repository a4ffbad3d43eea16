// The SASL mechanism DIGEST-MD5 (RFC 2831), both sides, as far as ZooKeeper uses it: quality of protection `auth`,
// one exchange. Tokens in, tokens out; how they travel and what a proven name may do is others' business.
// Written to what Java's implementation sends and accepts.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The RFC's limit for a response; ours for every token. */
export const SASL_TOKEN_BYTES_MAX = 4096
const NONCE_BYTES = 30
/** The only value in a first exchange. */
const NONCE_COUNT = '00000001'

/** The other side is not who it says, or does not follow the mechanism. */
export class SaslError extends Error {
  override readonly name = 'SaslError'
}

/** Whom a mechanism speaks for: `zookeeper` and `zk-sasl-md5` on a client port. */
export interface SaslService {
  readonly protocol: string
  /** Also the realm. */
  readonly serverName: string
}

export const CLIENT_SERVICE: SaslService = { protocol: 'zookeeper', serverName: 'zk-sasl-md5' }
export const QUORUM_SERVICE: SaslService = { protocol: 'zookeeper-quorum', serverName: 'zk-quorum-sasl-md5' }

export type SaslStep =
  | { readonly type: 'challenge'; readonly token: Uint8Array }
  | { readonly type: 'done'; readonly token: Uint8Array; readonly user: string; readonly authzid: string }

/** One authentication, seen from the server. Use it once. */
export class DigestMd5Server {
  readonly #service: SaslService
  readonly #passwords: ReadonlyMap<string, string>
  readonly #nonce = randomBytes(NONCE_BYTES).toString('base64')
  #state: 'fresh' | 'challenged' | 'over' = 'fresh'

  constructor(service: SaslService, passwords: ReadonlyMap<string, string>) {
    this.#service = service
    this.#passwords = passwords
  }

  /** Takes what the client says. Throws SaslError, after which there is no going on. */
  evaluate(token: Uint8Array): SaslStep {
    const state = this.#state
    this.#state = 'over'
    if (state === 'over') throw new SaslError('it goes on after the end of the exchange')
    if (state === 'challenged') return this.#check(token)
    if (token.length > 0) throw new SaslError('it begins with a response, where DIGEST-MD5 begins with nothing')
    this.#state = 'challenged'
    const challenge = `realm="${this.#service.serverName}",nonce="${this.#nonce}",charset=utf-8,algorithm=md5-sess`
    return { type: 'challenge', token: Buffer.from(challenge, 'latin1') }
  }

  #check(token: Uint8Array): SaslStep {
    const said = parseDirectives(token)
    const text = (name: string) => decodeText(said.get(name) ?? '', said.get('charset'))
    const user = text('username')
    const uri = said.get('digest-uri') ?? ''
    const { protocol, serverName } = this.#service
    if (user === '') throw new SaslError('it names no user')
    if (said.get('nonce') !== this.#nonce) throw new SaslError('it answers another challenge')
    if (said.get('nc') !== NONCE_COUNT) throw new SaslError('its nonce count is not 1')
    if ((said.get('qop') ?? 'auth') !== 'auth') throw new SaslError(`quality of protection ${said.get('qop')}`)
    if (text('realm') !== serverName) throw new SaslError(`realm ${text('realm')}, not ${serverName}`)
    if (uri.toLowerCase() !== `${protocol}/${serverName}`) throw new SaslError(`digest-uri ${uri} is another service`)
    const password = this.#passwords.get(user)
    const secrets = digestSecrets({
      user,
      realm: serverName,
      // For somebody unknown the same work is done, with a password that nobody has.
      password: password ?? this.#nonce,
      nonce: this.#nonce,
      cnonce: said.get('cnonce') ?? '',
      authzid: said.has('authzid') ? text('authzid') : null,
      uri,
    })
    const right = sameBytes(said.get('response') ?? '', secrets.response)
    if (password === undefined || !right) throw new SaslError(`user ${user} is unknown, or the password is wrong`)
    const answer = Buffer.from(`rspauth=${secrets.rspauth}`, 'latin1')
    return { type: 'done', token: answer, user, authzid: said.has('authzid') ? text('authzid') : user }
  }
}

/** One authentication, seen from the client. It begins with an empty token. */
export class DigestMd5Client {
  readonly #service: SaslService
  readonly #user: string
  readonly #password: string
  readonly #cnonce: string
  #rspauth: string | null = null

  /** `cnonce` is for tests: it must be a new one each time. */
  constructor(
    service: SaslService,
    user: string,
    password: string,
    cnonce = randomBytes(NONCE_BYTES).toString('base64'),
  ) {
    this.#service = service
    this.#user = user
    this.#password = password
    this.#cnonce = cnonce
  }

  /** The response to a challenge. Throws SaslError. */
  respond(challenge: Uint8Array): Uint8Array {
    const said = parseDirectives(challenge)
    const nonce = said.get('nonce')
    if (nonce === undefined || said.get('algorithm') !== 'md5-sess')
      throw new SaslError('its challenge is none of DIGEST-MD5')
    if (!(said.get('qop') ?? 'auth').split(/[\s,]+/).includes('auth'))
      throw new SaslError(`quality of protection ${said.get('qop')}`)
    const { protocol, serverName } = this.#service
    const realm = decodeText(said.get('realm') ?? serverName, said.get('charset'))
    const cnonce = this.#cnonce
    const uri = `${protocol}/${serverName}`
    const user = this.#user
    const secrets = digestSecrets({ user, realm, password: this.#password, nonce, cnonce, authzid: null, uri })
    this.#rspauth = secrets.rspauth
    const utf8 = said.get('charset') === 'utf-8'
    const directives = [
      ...(utf8 ? ['charset=utf-8'] : []),
      `username=${quoted(user)}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `nc=${NONCE_COUNT}`,
      `cnonce="${cnonce}"`,
      `digest-uri="${uri}"`,
      'maxbuf=65536',
      `response=${secrets.response}`,
      'qop=auth',
    ]
    return Buffer.from(directives.join(','), utf8 ? 'utf8' : 'latin1')
  }

  /** Checks that the server knows the password, too. Throws SaslError. */
  finish(token: Uint8Array): void {
    const said = parseDirectives(token).get('rspauth')
    if (this.#rspauth === null || said === undefined || !sameBytes(said, this.#rspauth))
      throw new SaslError('the server does not prove that it knows the password')
  }
}

interface DigestInput {
  readonly user: string
  readonly realm: string
  readonly password: string
  readonly nonce: string
  readonly cnonce: string
  readonly authzid: string | null
  readonly uri: string
}

/** RFC 2831 §2.1.2.1, and §2.1.3 for `rspauth`. */
function digestSecrets(input: DigestInput): { readonly response: string; readonly rspauth: string } {
  const { user, realm, password, nonce, cnonce, authzid, uri } = input
  const who = [...[user, realm].flatMap((text) => [encodeSecret(text), COLON]), encodeSecret(password)]
  const rest = `:${nonce}:${cnonce}${authzid === null ? '' : `:${authzid}`}`
  const a1 = hex([md5([Buffer.concat(who)]), Buffer.from(rest, 'utf8')])
  const keyed = (method: string) => {
    const a2 = hex([Buffer.from(`${method}:${uri}`, 'utf8')])
    return hex([Buffer.from(`${a1}:${nonce}:${NONCE_COUNT}:${cnonce}:auth:${a2}`, 'latin1')])
  }
  return { response: keyed('AUTHENTICATE'), rspauth: keyed('') }
}

const COLON = Buffer.from(':')

/** Latin-1 where every letter is one of its letters, UTF-8 otherwise: so says the RFC. */
function encodeSecret(text: string): Buffer {
  const latin = Buffer.from(text, 'latin1')
  return latin.toString('latin1') === text ? latin : Buffer.from(text, 'utf8')
}

function md5(parts: readonly Buffer[]): Buffer {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function hex(parts: readonly Buffer[]): string {
  return md5(parts).toString('hex')
}

function sameBytes(a: string, b: string): boolean {
  const left = Buffer.from(a, 'latin1')
  const right = Buffer.from(b, 'latin1')
  return left.length === right.length && timingSafeEqual(left, right)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** A directive as it arrived, one char a byte. */
function decodeText(raw: string, charset: string | undefined): string {
  return charset?.toLowerCase() === 'utf-8' ? Buffer.from(raw, 'latin1').toString('utf8') : raw
}

/** `name=value` and `name="value"`, commas between; values as they arrived, one char a byte. Throws SaslError. */
function parseDirectives(token: Uint8Array): ReadonlyMap<string, string> {
  if (token.length > SASL_TOKEN_BYTES_MAX) throw new SaslError(`a token of ${token.length} bytes`)
  const text = Buffer.from(token).toString('latin1')
  const directives = new Map<string, string>()
  const directive = /[\s,]*([^\s=,"]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^\s,"]*))\s*(?=,|$)/y
  while (directive.lastIndex < text.length) {
    const at = directive.lastIndex
    const [, name = '', inQuotes, bare = ''] = directive.exec(text) ?? []
    if (name === '') {
      if (/^[\s,\0]*$/.test(text.slice(at))) break
      throw new SaslError('a token that cannot be read')
    }
    // Only a realm may be there several times; the first is as good as any.
    if (directives.has(name) && name !== 'realm') throw new SaslError(`${name} twice`)
    if (!directives.has(name)) directives.set(name, inQuotes?.replace(/\\([\s\S])/g, '$1') ?? bare)
  }
  return directives
}
