// SASL between servers, before anything else is said on a quorum port and right behind the handshake on an
// election port: QuorumAuthPackets with DIGEST-MD5 in their tokens. Afterwards the socket is as if nothing had been
// read. Source: SaslQuorumAuthLearner, SaslQuorumAuthServer, zab.md §8.

import type { Socket } from 'node:net'
import { ByteQueue } from '#shared/jute/byte-queue.ts'
import {
  isQuorumAuth,
  type QuorumAuthPacket,
  type QuorumAuthStatus,
  readQuorumAuthPacket,
  writeQuorumAuthPacket,
} from '#shared/jute/records/quorum-auth.ts'
import { JuteWriter } from '#shared/jute/writer.ts'
import { DigestMd5Client, DigestMd5Server, QUORUM_SERVICE, SaslError } from '../../sasl/digest-md5.ts'
import type { QuorumSasl } from '../config/auth.ts'

/** `problem`: null, or why the connection must be closed. */
type Done = (problem: string | null) => void

export interface PeerAuth {
  /** The side that has connected: proves itself, when the configuration says so. */
  prove(socket: Socket, done: Done): void
  /** The other side. `early`: what has been read already. */
  check(socket: Socket, early: Uint8Array, done: Done): void
}

/** `timeoutMs`: for the whole exchange. */
export function createPeerAuth(sasl: QuorumSasl, timeoutMs: number): PeerAuth {
  return {
    prove(socket, done) {
      if (!sasl.learnerRequire) return done(null)
      const client = new DigestMd5Client(QUORUM_SERVICE, sasl.login.user, sasl.login.password)
      converse(socket, new Uint8Array(0), timeoutMs, done, {
        onPacket({ status, token }) {
          if (status === 'error') throw new SaslError('it does not accept our name and password')
          if (token === null) throw new SaslError('a packet without a token')
          if (status === 'success') {
            client.finish(token)
            return 'over'
          }
          send(socket, 'inProgress', client.respond(token))
          return 'more'
        },
        onSilent: () => 'it does not offer SASL (quorum.auth.enableSasl)',
      })
      // DIGEST-MD5 begins with nothing to say.
      send(socket, 'inProgress', new Uint8Array(0))
    },
    check(socket, early, done) {
      const server = new DigestMd5Server(QUORUM_SERVICE, sasl.users)
      converse(socket, early, timeoutMs, done, {
        onPacket({ token }) {
          try {
            const step = server.evaluate(token ?? new Uint8Array(0))
            if (step.type === 'done' && step.authzid !== step.user)
              throw new SaslError(`${step.user} wants to speak for ${step.authzid}`)
            send(socket, step.type === 'done' ? 'success' : 'inProgress', step.token)
            return step.type === 'done' ? 'over' : 'more'
          } catch (error) {
            if (error instanceof SaslError) send(socket, 'error', new Uint8Array(0))
            throw error
          }
        },
        // Who proves nothing may come in where nothing is required; who fails to prove itself never may (ZK-5).
        onSilent: () =>
          sasl.serverRequire ? 'it does not authenticate, which quorum.auth.serverRequireSasl demands' : null,
      })
    },
  }
}

interface Talk {
  /** Throws SaslError. */
  onPacket(packet: QuorumAuthPacket): 'more' | 'over'
  /** The other side says something else first, or ends the connection: a problem, or null: then let it. */
  onSilent(): string | null
}

function converse(socket: Socket, early: Uint8Array, timeoutMs: number, done: Done, talk: Talk): void {
  const arrived = new ByteQueue()
  let spoken = false
  const finish = (problem: string | null) => {
    clearTimeout(timer)
    socket.off('data', onData).off('end', onEnd).off('close', onEnd)
    socket.pause()
    // Whoever reads next begins behind the last packet of ours.
    if (arrived.length > 0 && !socket.readableEnded) socket.unshift(arrived.view().slice())
    done(problem)
    socket.resume()
  }
  const onEnd = () => finish(spoken ? 'it went away while authenticating' : talk.onSilent())
  const onData = (chunk: Uint8Array) => {
    if (chunk.length > 0) arrived.push(chunk)
    try {
      while (arrived.length >= 4) {
        if (!spoken && !isQuorumAuth(arrived.peekInt() ?? 0)) return finish(talk.onSilent())
        spoken = true
        const read = readQuorumAuthPacket(arrived.view())
        if (read.type === 'incomplete') return
        if (read.type === 'malformed') return finish(`it sends ${read.reason}`)
        arrived.consume(read.length)
        if (talk.onPacket(read.packet) === 'over') return finish(null)
      }
    } catch (error) {
      if (!(error instanceof SaslError)) throw error
      finish(`SASL: ${error.message}`)
    }
  }
  const timer = setTimeout(() => finish('it does not authenticate in time'), timeoutMs)
  socket.on('data', onData).on('end', onEnd).on('close', onEnd)
  onData(early)
}

function send(socket: Socket, status: QuorumAuthStatus, token: Uint8Array): void {
  const writer = new JuteWriter()
  writeQuorumAuthPacket(writer, { status, token })
  socket.write(writer.take())
}
