// When a snapshot is due: after so many records or bytes since the last roll, with a random part so that the
// servers of an ensemble do not write theirs at once. Source: SyncRequestProcessor.shouldSnapshot.

export class SnapshotRule {
  readonly #countMax: number
  readonly #bytesMax: number
  readonly #random: () => number
  #records = 0
  #bytes = 0
  #countDue = 0
  #bytesDue = 0

  /**
   * @param countMax snapCount
   * @param bytesMax snapSizeLimit in bytes; 0 for none
   * @param random from 0 to below 1
   */
  constructor(countMax: number, bytesMax: number, random: () => number) {
    this.#countMax = countMax
    this.#bytesMax = bytesMax
    this.#random = random
    this.restart()
  }

  /** The log has been rolled. */
  restart(): void {
    this.#records = 0
    this.#bytes = 0
    this.#countDue = this.#countMax / 2 + Math.floor((this.#random() * this.#countMax) / 2)
    this.#bytesDue = this.#bytesMax / 2 + Math.floor((this.#random() * this.#bytesMax) / 2)
  }

  onRecords(count: number, bytes: number): void {
    this.#records += count
    this.#bytes += bytes
  }

  get due(): boolean {
    return this.#records > this.#countDue || (this.#bytesMax > 0 && this.#bytes > this.#bytesDue)
  }
}
