// Whether a certificate names the server that it comes from. Names and addresses are compared as they are
// configured and as the socket says: nobody's reverse DNS is asked, which an attacker may own (ZK-15). Source:
// ZKTrustManager, ZKHostnameVerifier.

import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'

/** True when one of `names` (host names, addresses) is in the certificate. */
export function isNamed(certificate: PeerCertificate, names: readonly string[]): boolean {
  return names.some((name) => {
    const plain = name.replace(/^::ffff:(?=\d+\.)/, '').replace(/^\[(.*)\]$/, '$1')
    if (checkServerIdentity(plain, certificate) === undefined) return true
    // As Apache does: an address in a common name counts where there are no alternative names.
    return isIP(plain) !== 0 && certificate.subjectaltname === undefined && certificate.subject.CN === plain
  })
}

/** Null, or why the other end of `socket` is not one of the servers with these names. A missing certificate is fine. */
export function nameProblem(socket: TLSSocket, names: readonly string[]): string | null {
  const certificate = socket.getPeerCertificate()
  if (Object.keys(certificate).length === 0) return null
  const all = [socket.remoteAddress ?? '', ...names].filter((name) => name !== '')
  if (isNamed(certificate, all)) return null
  return (
    `its certificate (${certificate.subject.CN ?? 'without a common name'}) names none of ${all.join(', ')}; add the name ` +
    'to the certificate, or set ssl.quorum.hostnameVerification=false'
  )
}
