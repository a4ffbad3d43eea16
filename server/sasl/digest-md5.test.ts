import { describe, expect, test } from 'vitest'
import { CLIENT_SERVICE, DigestMd5Client, DigestMd5Server, QUORUM_SERVICE, SaslError } from './digest-md5.ts'

const PASSWORDS = new Map([
  ['bob', 'secret'],
  ['jürgen "x"', 'pässwort'],
  ['李', '密码'],
])
const NOTHING = new Uint8Array(0)

function exchange(user: string, password: string, service = CLIENT_SERVICE) {
  const server = new DigestMd5Server(CLIENT_SERVICE, PASSWORDS)
  const client = new DigestMd5Client(service, user, password)
  const challenge = server.evaluate(NOTHING)
  const done = server.evaluate(client.respond(challenge.token))
  return { server, client, challenge, done }
}

test.each([...PASSWORDS])('%s proves itself, and the server does', (user, password) => {
  const { server, client, challenge, done } = exchange(user, password)
  expect(Buffer.from(challenge.token).toString()).toMatch(
    /^realm="zk-sasl-md5",nonce="[^"]{40}",charset=utf-8,algorithm=md5-sess$/,
  )
  expect(done).toMatchObject({ type: 'done', user, authzid: user })
  client.finish(done.token)
  expect(() => client.finish(Buffer.from('rspauth=00'))).toThrow(SaslError)
  expect(() => server.evaluate(NOTHING)).toThrow('after the end')
})

test('the example of RFC 2831, section 4', () => {
  const challenge = 'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'
  const service = { protocol: 'imap', serverName: 'elwood.innosoft.com' }
  const client = new DigestMd5Client(service, 'chris', 'secret', 'OA6MHXh6VqTrRk')
  const said = Buffer.from(client.respond(Buffer.from(challenge))).toString()
  expect(said).toContain('digest-uri="imap/elwood.innosoft.com"')
  expect(said).toContain('response=d388dad90d4bbd760a152321f2143af7')
  client.finish(Buffer.from('rspauth=ea40f60335c427b5527b84dbabcdfffd'))
})

describe('who is refused', () => {
  test.each([
    ['bob', 'wrong'],
    ['eve', 'secret'],
    ['bob', ''],
  ])('%s with the password %j', (user, password) => {
    expect(() => exchange(user, password)).toThrow('unknown, or the password is wrong')
  })

  test('who proves itself to another service', () => {
    expect(() => exchange('bob', 'secret', QUORUM_SERVICE)).toThrow('digest-uri')
  })

  test('who sends another answer than the mechanism has', () => {
    const answers: [(said: string) => string, string][] = [
      [() => '', 'names no user'],
      [() => 'username="bob', 'cannot be read'],
      [() => 'x'.repeat(5000), 'a token of 5000 bytes'],
      [(said) => `${said},nc=00000001`, 'nc twice'],
      [(said) => said.replace('nc=00000001', 'nc=00000002'), 'nonce count'],
      [(said) => said.replace('qop=auth', 'qop=auth-conf'), 'quality of protection'],
      [(said) => said.replace(/nonce="[^"]*"/, 'nonce="mine"'), 'another challenge'],
      [(said) => said.replace('realm="zk-sasl-md5"', 'realm="x"'), 'realm x'],
      [(said) => said.replace(/response=\w{4}/, 'response=0000'), 'the password is wrong'],
    ]
    for (const [change, sentence] of answers) {
      const server = new DigestMd5Server(CLIENT_SERVICE, PASSWORDS)
      const client = new DigestMd5Client(CLIENT_SERVICE, 'bob', 'secret')
      const said = Buffer.from(client.respond(server.evaluate(NOTHING).token)).toString()
      expect(() => server.evaluate(Buffer.from(change(said))), sentence).toThrow(sentence)
    }
  })

  test('who begins with a response', () => {
    expect(() => new DigestMd5Server(CLIENT_SERVICE, PASSWORDS).evaluate(Buffer.from('x'))).toThrow(SaslError)
  })

  test('a server with a challenge of another mechanism', () => {
    const client = new DigestMd5Client(CLIENT_SERVICE, 'bob', 'secret')
    for (const challenge of ['', 'nonce="a"', 'nonce="a",algorithm=md5', 'nonce="a",algorithm=md5-sess,qop="auth-int"'])
      expect(() => client.respond(Buffer.from(challenge)), challenge).toThrow(SaslError)
  })
})
