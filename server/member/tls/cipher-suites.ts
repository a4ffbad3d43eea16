// Cipher suites by the names that Java and the RFCs use, as the names that OpenSSL, and so Node, wants. What is
// offered without being asked for is Apache's own list. Source: X509Util.getDefaultCipherSuites.

import { getCiphers } from 'node:tls'
import { err, ok, type Result } from '#shared/base/result.ts'

const TLS_1_3 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']

/** Apache's twelve in its order, GCM first; behind TLS 1.3's own. */
export const DEFAULT_TLS_CIPHERS = [
  ...TLS_1_3,
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-RSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-RSA-AES128-SHA'],
  ...['ECDHE-ECDSA-AES256-SHA384', 'ECDHE-RSA-AES256-SHA384', 'ECDHE-ECDSA-AES256-SHA', 'ECDHE-RSA-AES256-SHA'],
].join(':')

/** `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` → `ECDHE-RSA-AES128-GCM-SHA256`; the error names the first unknown one. */
export function openSslCiphers(names: readonly string[]): Result<string, string> {
  const known = new Set(getCiphers())
  const ciphers: string[] = []
  for (const name of names.map((text) => text.trim())) {
    const cipher = TLS_1_3.includes(name) ? name : openSslName(name)
    if (!known.has(cipher.toLowerCase()))
      return err(`${JSON.stringify(name)} is not offered here; remove it, or write a name like ${TLS_1_3[0]}`)
    ciphers.push(cipher)
  }
  return ok(ciphers.join(':'))
}

function openSslName(name: string): string {
  const [, keys = '', cipher = ''] = /^TLS_(.+)_WITH_(.+)$/.exec(name) ?? []
  const exchange = keys === 'RSA' ? '' : `${keys.replaceAll('_', '-')}-`
  const body = cipher
    .replace(/^AES_(\d+)/, 'AES$1')
    .replace('_CBC_', '_')
    // OpenSSL leaves out the hash that this cipher always has.
    .replace('CHACHA20_POLY1305_SHA256', 'CHACHA20_POLY1305')
  return exchange + body.replaceAll('_', '-')
}
