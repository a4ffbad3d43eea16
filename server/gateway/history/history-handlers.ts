// Carries out what pages and scripts ask of the past.

import type { Handlers } from '../api/handlers.ts'
import { type ExportAbout, exportWindow } from './export.ts'
import { Moments } from './moment.ts'
import type { Recorder } from './recorder.ts'

/** @param about said in the first line of an exported window */
export function historyHandlers(
  recorder: Recorder,
  about: ExportAbout,
): Pick<Handlers, 'history:range' | 'history:moment' | 'history:export'> {
  const moments = new Moments(recorder.window)
  return {
    'history:range': async (_client, request) => recorder.range(request),
    'history:moment': (_client, { atMs }) => moments.at(atMs),
    'history:export': async (_client, request) => {
      const { name, contentType, body } = exportWindow(recorder.window, request, about, Date.now())
      return { fileName: name, contentType, content: body }
    },
  }
}
