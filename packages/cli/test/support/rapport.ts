import { run } from '../../src/run'

export interface Said {
  code: number
  out: string[]
  err: string[]
}

type Rapport = (...argv: string[]) => Promise<Said>

const withEnvironment =
  (env: NodeJS.ProcessEnv): Rapport =>
  async (...argv) => {
    const out: string[] = []
    const err: string[] = []
    const code = await run(argv, env, { print: (text) => void out.push(text), complain: (text) => void err.push(text) })
    return { code, out, err }
  }

/** The command, as if typed: what it prints and its exit code. `with` sets the environment, otherwise empty. */
export const rapport: Rapport & { with(env: NodeJS.ProcessEnv): Rapport } = Object.assign(withEnvironment({}), {
  with: withEnvironment,
})
