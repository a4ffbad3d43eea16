// What can go wrong with an ensemble in daily life: a sentence for the person, and a code for programs.

export type EnsembleErrorCode =
  /** A count, path or number that was given is not usable. */
  | 'BAD_ARGUMENT'
  /** The directory cannot be used as it is. */
  | 'BAD_DIRECTORY'
  /** Another supervisor holds the directory. */
  | 'LOCKED'
  | 'NO_PORT'
  /** A chosen port was taken before its member could open it: opening the ensemble again chooses others. */
  | 'PORT_TAKEN'
  | 'NO_SUCH_MEMBER'
  /** The member's process is not in a state in which this can be done. */
  | 'WRONG_STATE'
  /** The member, or the ensemble, answered that it will not do this. */
  | 'REFUSED'

export class EnsembleError extends Error {
  override readonly name = 'EnsembleError'
  readonly code: EnsembleErrorCode

  /** `message` is a sentence that says what to do next. */
  constructor(code: EnsembleErrorCode, message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
