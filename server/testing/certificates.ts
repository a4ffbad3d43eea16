// For tests: an authority and certificates of its own, made with the openssl command line in a directory of the
// test's. Keys are elliptic, which takes milliseconds.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Why there can be no certificates here, or null when there can. Tests print it when they skip. */
export function opensslMissing(): string | null {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'no openssl command here: apt-get install openssl, then these tests run'
  }
}

export interface Authority {
  readonly dir: string
  /** A PEM file with its certificate: a trust store. */
  readonly trust: string
  /**
   * A PEM file with a fresh key, its certificate and nothing else. `subject` as openssl wants it: `/CN=ann/O=x`, the
   * first part first in the certificate; `names` like `IP:127.0.0.1,DNS:localhost`.
   */
  issue(name: string, subject: string, names?: string): string
}

/** `directory`: an existing one; left out: a fresh temporary one. */
export function createAuthority(prefix = 'authority', directory?: string): Authority {
  const dir = directory ?? mkdtempSync(join(tmpdir(), `${prefix}-`))
  const key = join(dir, 'ca.key')
  const trust = join(dir, 'ca.pem')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  run('req', '-x509', ...curve, '-keyout', key, '-out', trust, '-days', '2', '-subj', `/CN=${prefix}`, '-utf8')
  let serial = 1
  return {
    dir,
    trust,
    issue(name, subject, names) {
      const file = (ending: string) => join(dir, `${name}.${ending}`)
      run('req', ...curve, '-keyout', file('key'), '-out', file('csr'), '-subj', subject, '-utf8', '-multivalue-rdn')
      writeFileSync(file('ext'), names === undefined ? '' : `subjectAltName=${names}\n`)
      serial += 1
      const signed = ['-CA', trust, '-CAkey', key, '-set_serial', String(serial), '-days', '2', '-extfile', file('ext')]
      run('x509', '-req', '-in', file('csr'), ...signed, '-out', file('crt'))
      writeFileSync(file('pem'), readFileSync(file('key'), 'utf8') + readFileSync(file('crt'), 'utf8'))
      return file('pem')
    },
  }
}

/** Runs an openssl command; throws with what it said. */
export function run(...args: string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
