// Reaches only what the person who attached named (O-1, O-2): a name is resolved once a dial, every address of the answer
// is looked at, and the dial goes to the address that was looked at. Sends a four-letter word and reads the answer.

import { lookup } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { createLookup, createTcpDial, createTlsDial, type Dial, type TlsOptions } from '../../client/dial.ts'
import type { ServerAddress } from '../../client/server-list.ts'
import { ANSWER_BYTES_MAX, ANSWER_MS_MAX } from './attach-limits.ts'

/** The fixed list (O-4): what is sent to a server before it has shown that it is one. */
export type FourLetterWord = 'srvr' | 'stat' | 'mntr' | 'cons' | 'wchs' | 'wchp' | 'conf'

/** No name of a server may stand for these: link-local, multicast, broadcast, unspecified, and IPv4 written as IPv6. */
const NEVER_BY_NAME = new BlockList()
NEVER_BY_NAME.addSubnet('169.254.0.0', 16)
NEVER_BY_NAME.addSubnet('224.0.0.0', 4)
NEVER_BY_NAME.addSubnet('0.0.0.0', 8)
NEVER_BY_NAME.addAddress('255.255.255.255')
NEVER_BY_NAME.addSubnet('fe80::', 10, 'ipv6')
NEVER_BY_NAME.addSubnet('ff00::', 8, 'ipv6')
NEVER_BY_NAME.addAddress('::', 'ipv6')
NEVER_BY_NAME.addAddress('fd00:ec2::254', 'ipv6')

export function isRefusedAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 0) return true
  if (/^::ffff:/i.test(address)) return true
  return NEVER_BY_NAME.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** `0x7f.1`, `2130706433`, `0177.0.0.1`: addresses that do not look like those they are. */
export function isDisguisedAddress(host: string): boolean {
  return isIP(host) === 0 && /^(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*\.?$/i.test(host)
}

type Resolve = typeof lookup

/** `resolve` fails when any address of the answer is refused. */
export function checkedResolve(resolve: Resolve = lookup): Resolve {
  const checked = (hostname: string, options: object, callback: (...answer: unknown[]) => void): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const refused = addresses.find(({ address }) => isRefusedAddress(address))
      if (refused)
        callback(new Error(`${hostname} stands for ${refused.address}, which is not attached to by name`), [])
      else callback(null, addresses)
    })
  }
  return checked as unknown as Resolve // `lookup` is overloaded; this is its form with `all: true`, which createLookup uses
}

/** @param tlsOptions null: plain TCP */
export function createCheckedDial(tlsOptions: TlsOptions | null): Dial {
  const named = createLookup(checkedResolve())
  return tlsOptions === null ? createTcpDial(named) : createTlsDial(tlsOptions, named)
}

/** The whole answer; empty when there is none in time, or too much of it. Never rejects. */
export function askWord(dial: Dial, server: ServerAddress, word: FourLetterWord): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const stream = dial(server)
    const end = (answer: string): void => {
      clearTimeout(timer)
      stream.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => end(''), ANSWER_MS_MAX)
    stream.on('error', () => end(''))
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > ANSWER_BYTES_MAX) end('')
      else chunks.push(chunk)
    })
    stream.on('end', () => end(Buffer.concat(chunks).toString()))
    stream.on('close', () => end(Buffer.concat(chunks).toString()))
    stream.write(word)
  })
}
