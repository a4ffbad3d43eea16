// Carries out what pages ask of the past. A file is made whole before it is sent, so its size is limited, and one is made
// at a time: it is much work, and events go on meanwhile.

import type { HistoryExportRequest, HistoryFile } from '#shared/events/history-protocol.ts'
import type { Handlers } from '../api/handlers.ts'
import { RequestError } from '../request-error.ts'
import type { ExportAbout } from './export.ts'
import type { Recorder } from './recorder.ts'

/** Bytes of one file. */
export const EXPORT_BYTES_MAX = 128 * 1024 * 1024

export function historyHandlers(
  recorder: Recorder,
  about: ExportAbout,
  bytesMax = EXPORT_BYTES_MAX,
): Pick<Handlers, 'history:range' | 'history:export'> {
  let isBusy = false
  return {
    'history:range': async (_client, request) => recorder.range(request),
    'history:export': async (_client, request) => {
      if (isBusy) throw new RequestError('BUSY', 'Another file of the past is being made. Try again in a while.')
      isBusy = true
      try {
        return await wholeFile(recorder, request, about, bytesMax)
      } finally {
        isBusy = false
      }
    },
  }
}

async function wholeFile(
  recorder: Recorder,
  request: HistoryExportRequest,
  about: ExportAbout,
  bytesMax: number,
): Promise<HistoryFile> {
  const { name, contentType, body } = recorder.export(request, about, Date.now())
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body) {
    const buffer = Buffer.from(part)
    parts.push(buffer)
    bytes += buffer.length
    // Leaving the loop ends the stream.
    if (bytes > bytesMax)
      throw new RequestError('LIMIT', `The file would have more than ${bytesMax} bytes. Ask for a shorter range.`)
  }
  return { fileName: name, contentType, content: Buffer.concat(parts) }
}
