// Asks a member what it is, with the four-letter words srvr and mntr.

import { connect } from 'node:net'

const ANSWER_TIMEOUT_MS = 1000
const ANSWER_BYTES_MAX = 64 * 1024

export interface MemberStatus {
  readonly mode: 'leader' | 'follower' | 'observer' | 'standalone'
  /** The last zxid that it has processed, as it writes it. */
  readonly zxid: string
}

/** Null: it does not answer, or does not serve. */
export async function askStatus(clientPort: number): Promise<MemberStatus | null> {
  const text = await askWord(clientPort, 'srvr')
  const mode = /^Mode: (leader|follower|observer|standalone)$/m.exec(text ?? '')?.[1]
  const zxid = /^Zxid: (0x[0-9a-f]+)$/m.exec(text ?? '')?.[1]
  if (zxid === undefined) return null
  if (mode === 'leader' || mode === 'follower' || mode === 'observer' || mode === 'standalone') return { mode, zxid }
  return null
}

/** A number of mntr; null: it is not told. */
export async function askNumber(clientPort: number, key: string): Promise<number | null> {
  const text = await askWord(clientPort, 'mntr')
  const line = (text ?? '').split('\n').find((one) => one.startsWith(`${key}\t`))
  return line === undefined ? null : Number(line.slice(key.length + 1))
}

function askWord(port: number, word: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    let said = ''
    const end = (answer: string | null) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => end(null))
    socket.setEncoding('utf8')
    socket.on('error', () => end(null))
    socket.on('data', (chunk: string) => {
      said += chunk
      if (said.length > ANSWER_BYTES_MAX) end(null)
    })
    socket.on('end', () => end(said))
    socket.on('close', () => resolve(said === '' ? null : said))
    socket.write(word)
  })
}
