// No engine is needed to see that the container's files fit the program and each other.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readArguments } from '../arguments.ts'
import { environmentName, PAGE_PORT_DEFAULT, SETTING_WORDS } from '../settings/settings.ts'
import { readDockerfile, wordsOf } from './read-dockerfile.ts'

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const read = (name: string): string => readFileSync(pathOf(name), 'utf8')
const root = '../../../'
const dockerfile = read('Dockerfile')
const compose = read('compose.yaml')
const stages = readDockerfile(dockerfile)
const last = stages.at(-1) ?? { name: '', from: '', steps: [] }
const only = (keyword: string): string => {
  const found = last.steps.filter((step) => step.keyword === keyword)
  expect([keyword, found.length]).toEqual([keyword, 1])
  return found[0]?.rest ?? ''
}
const environment = (): Map<string, string> =>
  new Map(wordsOf(only('ENV')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))

test('every variable is one of a setting', () => {
  const known = Object.keys(SETTING_WORDS).map(environmentName)
  const used = [...`${dockerfile}${compose}`.matchAll(/ZABSCOPE_[A-Z_]+/g)].map(([name]) => name)
  expect(used.length).toBeGreaterThan(3)
  expect(used.filter((name) => !known.includes(name))).toEqual([])
})

describe('the Dockerfile', () => {
  test('has instructions that there are, and stages that build on images or on earlier stages', () => {
    const known = /^(ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)$/
    for (const { steps } of stages) for (const { keyword } of steps) expect(keyword).toMatch(known)
    for (const [i, { from }] of stages.entries())
      expect(from).toMatch(
        new RegExp(
          `^(node:\\d+-(slim|alpine)${stages
            .slice(0, i)
            .map(({ name }) => `|${name}`)
            .join('')})$`,
        ),
      )
    // The least that package.json asks for.
    const { engines }: { engines: { node: string } } = JSON.parse(read(`${root}package.json`))
    const least = Number(/\d+/.exec(engines.node)?.[0])
    for (const [, major] of dockerfile.matchAll(/^FROM node:(\d+)/gm))
      expect(Number(major)).toBeGreaterThanOrEqual(least)
  })

  test('copies what is there, from the sources or from an earlier stage that has made it', () => {
    let copies = 0
    for (const [i, { steps }] of stages.entries()) {
      for (const { keyword, rest } of steps) {
        if (keyword !== 'COPY') continue
        copies += 1
        const words = wordsOf(rest)
        const from = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
        const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1)
        expect(sources.length).toBeGreaterThan(0)
        if (from === undefined) {
          for (const source of sources) expect([source, existsSync(pathOf(`${root}${source}`))]).toEqual([source, true])
          continue
        }
        const made = stages.slice(0, i).find(({ name }) => name === from)
        expect([from, made !== undefined]).toEqual([from, true])
        for (const source of sources) {
          const parts = made?.steps.map((step) => step.rest).join('\n') ?? ''
          const place = source.slice(0, Math.max(source.lastIndexOf('/'), 1))
          expect([source, parts.includes(place === '/' ? source : place)]).toEqual([source, true])
        }
      }
    }
    expect(copies).toBeGreaterThanOrEqual(3)
  })

  test('[N-1] runs without rights, and makes no statement on behalf of whoever publishes its port', () => {
    expect(only('USER')).toBe('node')
    const user = last.steps.findIndex(({ keyword }) => keyword === 'USER')
    expect(last.steps.slice(user).some(({ keyword }) => keyword === 'RUN' || keyword === 'COPY')).toBe(false)
    expect([...environment().keys()].join()).not.toContain('BEHIND')
    // Data that the user may write.
    expect(
      last.steps.find(({ keyword, rest }) => keyword === 'RUN' && rest.includes(`chown node:node ${only('VOLUME')}`)),
    ).toBeDefined()
  })

  test('starts the program itself: in exec form, so that signals reach it; what it starts is in the package', () => {
    const [program, entry = ''] = JSON.parse(only('ENTRYPOINT')) as string[]
    expect(program).toBe('node')
    const path = /^\/app\/node_modules\/zabscope\/(\S+\.mjs)$/.exec(entry)?.[1] ?? ''
    const manifest: { bin: { zabscope: string }; files: string[] } = JSON.parse(read(`${root}package.json`))
    expect(manifest.bin.zabscope).toBe(path)
    expect(manifest.files).toContain(path)
    expect(existsSync(pathOf(`${root}${path}`))).toBe(true)
    expect(only('STOPSIGNAL')).toBe('SIGTERM')
    expect(only('HEALTHCHECK')).toMatch(/CMD \["node", "-e", /)
    const health = only('HEALTHCHECK')
    const script: unknown = JSON.parse(health.slice(health.indexOf('['))).at(-1)
    expect(String(script)).toContain(`http://127.0.0.1:${PAGE_PORT_DEFAULT}/healthz`)
    expect(() => new Function(String(script))).not.toThrow()
    expect(only('EXPOSE')).toBe(String(PAGE_PORT_DEFAULT))
  })

  test('[N-1] what it sets is refused without the statement, and taken with it', () => {
    const env = Object.fromEntries(environment())
    const args = JSON.parse(only('CMD')) as string[]
    const surroundings = { env, readFile: () => '{}' }
    const alone = readArguments(args, surroundings)
    expect(alone.ok ? '' : alone.error).toContain('--behind-tls-proxy')
    const stated = readArguments(args, { ...surroundings, env: { ...env, ZABSCOPE_BEHIND_TLS_PROXY: 'true' } })
    expect(stated.ok && stated.value).toMatchObject({ type: 'up', host: '0.0.0.0', data: only('VOLUME') })
  })

  test('secrets and leftovers stay out of what the build sees', () => {
    const ignored = read('Dockerfile.dockerignore').split('\n')
    expect(ignored).toEqual(expect.arrayContaining(['.git', 'node_modules', 'data', '**/users.json']))
  })
})

interface Service {
  readonly [key: string]: unknown
  readonly build: { readonly context: string; readonly dockerfile: string }
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, unknown>>
  readonly ports: readonly string[]
  readonly volumes: readonly string[]
}

/** By the parser that Python has, where it has one. */
function parsedCompose(): {
  services: Readonly<Record<string, Service>>
  volumes: Readonly<Record<string, unknown>>
} | null {
  const script = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))'
  try {
    const said = execFileSync('python3', ['-c', script, pathOf('compose.yaml')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return JSON.parse(said.toString())
  } catch {
    console.log('skipped: no python3 with PyYAML is installed')
    return null
  }
}

test('compose.yaml is YAML, and says what the program understands', ({ skip }) => {
  const parsed = parsedCompose()
  if (parsed === null) return skip()
  expect(Object.keys(parsed).sort()).toEqual(['services', 'volumes'])
  const [[, service]] = Object.entries(parsed.services) as [[string, Service]]
  const keys =
    'build cap_drop command environment mem_limit pids_limit ports read_only restart security_opt stop_grace_period tmpfs volumes'
  expect(Object.keys(service).sort()).toEqual(keys.split(' '))
  expect(existsSync(pathOf(`${service.build.context}/${service.build.dockerfile}`))).toBe(true)
  // Compose hands texts over; true without quotes would be none.
  for (const value of Object.values(service.environment)) expect(value).toBeTypeOf('string')
  const env = { ...Object.fromEntries(environment()), ...service.environment } as Record<string, string>
  const read = readArguments(service.command, { env, readFile: () => '{}' })
  expect(read.ok ? read.value : read.error).toMatchObject({ type: 'up', members: 3, behindTlsProxy: true })
  // [N-1] On this machine's loopback alone, as its environment states.
  expect(service.ports).toEqual([`127.0.0.1:${PAGE_PORT_DEFAULT}:${PAGE_PORT_DEFAULT}`])
  for (const volume of service.volumes) {
    const [name = '', place] = volume.split(':')
    expect([Object.keys(parsed.volumes).includes(name), place]).toEqual([true, only('VOLUME')])
  }
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
  // Members have five seconds each, side by side, and the page some more.
  expect(Number.parseInt(String(service.stop_grace_period), 10)).toBeGreaterThanOrEqual(15)
})
