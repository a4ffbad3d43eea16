// One turn of the event loop: whoever has something to send at its end says so once, and all sockets are
// written then, however many replies, packets and events the turn brought.

export interface Turn {
  /** Runs `task` once when this turn ends. A task may not be added twice: the caller keeps a flag. */
  atEnd(task: () => void): void
}

export function createTurn(schedule: (run: () => void) => void = setImmediate): Turn {
  let tasks: (() => void)[] = []
  let spare: (() => void)[] = []
  const run = () => {
    const now = tasks
    tasks = spare
    for (const task of now) task()
    now.length = 0
    spare = now
  }
  return {
    atEnd(task) {
      if (tasks.push(task) === 1) schedule(run)
    },
  }
}
