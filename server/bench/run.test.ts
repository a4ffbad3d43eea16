import { expect, test } from 'vitest'
import { runBenchmark } from './run.ts'

async function run(...args: string[]): Promise<{ code: number; said: string }> {
  const lines: string[] = []
  const code = await runBenchmark(args, (line) => lines.push(line), '/nowhere')
  return { code, said: lines.join('\n') }
}

test.each([[['no-such-thing']], [['toString']]])('%j gets the list of benchmarks', async (args) => {
  const { code, said } = await run(...args)
  expect(code).toBe(2)
  expect(said).toContain('npm run bench -- tree [--nodes 1000000] [--bytes 100]')
})

test.each([
  [['--nodes', 'many'], '--nodes takes a whole number from 1.'],
  [['--nodes'], '--nodes takes a whole number from 1.'],
  [['--nodes', '0'], '--nodes takes a whole number from 1.'],
  [['--colour', '3'], 'There is no option --colour.'],
  [['nodes', '3'], 'There is no option nodes.'],
])('tree %j is refused before anything is measured', async (args, sentence) => {
  const { code, said } = await run('tree', ...args)
  expect(code).toBe(2)
  expect(said).toContain(sentence)
})
