// Keys and certificates of one kind of connection, from the files that the configuration names, as Node's TLS
// takes them; and again when the files change. Which files those are is ../config/tls.ts's business.

import { constants } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { err, ok, type Result } from '#shared/base/result.ts'
import type { StoreConfig, TlsConfig } from '../config/tls.ts'
import type { MemberLogger } from '../logging.ts'

/** How often the files are looked at, where reloading is on. */
export const RELOAD_CHECK_MS = 1000
const CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/

export interface KeyMaterial {
  /** What new connections are to use. */
  current(): SecureContextOptions
  /** Calls back whenever `current` has changed, until the function that it returns is called. */
  watch(onChange: (options: SecureContextOptions) => void): () => void
  /** Looks at the files no more. */
  close(): void
}

/** Throws an Error whose message names the file and says what to do. */
export function loadKeyMaterial(config: TlsConfig, log: MemberLogger): KeyMaterial {
  const first = readOptions(config)
  if (!first.ok) throw new TlsError(first.error)
  let current = first.value
  const watchers = new Set<(options: SecureContextOptions) => void>()
  const files = config.reload ? filesOf(config) : []
  const reload = () => {
    const next = readOptions(config)
    if (!next.ok) {
      log.error(`${next.error}; going on with the keys and certificates as they were`)
      return
    }
    current = next.value
    log.info({ files }, 'keys and certificates read anew')
    for (const onChange of watchers) onChange(current)
  }
  for (const file of files) watchFile(file, { interval: RELOAD_CHECK_MS, persistent: false }, reload)
  return {
    current: () => current,
    watch(onChange) {
      watchers.add(onChange)
      return () => watchers.delete(onChange)
    },
    close() {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

/** Keys or certificates cannot be used; the process ends as it does for a wrong configuration. */
export class TlsError extends Error {
  override readonly name = 'TlsError'
}

function filesOf({ keyStore, trustStore }: TlsConfig): string[] {
  const files = [keyStore.path, keyStore.passwordPath, trustStore?.path ?? null, trustStore?.passwordPath ?? null]
  return [...new Set(files.filter((file) => file !== null))]
}

function readOptions(config: TlsConfig): Result<SecureContextOptions, string> {
  const { keyStore, trustStore } = config
  try {
    const options: SecureContextOptions = {
      ...keyOptions(keyStore),
      ...(trustStore === null ? {} : { ca: trusted(trustStore) }),
      minVersion: config.minVersion,
      maxVersion: config.maxVersion,
      ciphers: config.ciphers,
      // A client's offer in its own order is as good; and nobody renegotiates (ZK-15).
      honorCipherOrder: true,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    }
    createSecureContext(options)
    return ok(options)
  } catch (error) {
    return err(error instanceof TlsError ? error.message : problem(keyStore, error))
  }
}

function keyOptions(store: StoreConfig): SecureContextOptions {
  const bytes = read(store.path)
  const passphrase = passwordOf(store)
  if (store.type === 'PKCS12') return { pfx: bytes, ...(passphrase === null ? {} : { passphrase }) }
  if (!CERTIFICATE.test(bytes.toString('latin1')))
    throw new TlsError(`${store.path} holds no certificate; put it and its chain into the file, beside the private key`)
  return { key: bytes, cert: bytes, ...(passphrase === null ? {} : { passphrase }) }
}

function trusted(store: StoreConfig): Buffer {
  const bytes = read(store.path)
  if (!CERTIFICATE.test(bytes.toString('latin1')))
    throw new TlsError(`${store.path} holds no certificate; put those of the authorities to trust into it, as PEM`)
  return bytes
}

/** Of a file only the first line, as Apache reads it. */
function passwordOf({ password, passwordPath }: StoreConfig): string | null {
  return passwordPath === null ? password : (read(passwordPath).toString('utf8').split(/\r?\n/)[0] ?? '')
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new TlsError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** OpenSSL's sentences, with what they mean. Never with a password in them. */
function problem(store: StoreConfig, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (/bad decrypt|mac verify failure|bad password|interrupted or cancelled|passphrase/i.test(text))
    return `${store.path} cannot be decrypted: keyStore.password (or keyStore.passwordPath) is wrong or missing`
  if (/no start line|not enough data|header too long/i.test(text))
    return `${store.path} holds no usable private key and certificate (${text}); write both into it as ${store.type}`
  if (/key values mismatch/i.test(text))
    return `${store.path}: the first certificate is not that of the private key; put the server's own certificate first`
  return `${store.path}: ${text}`
}
