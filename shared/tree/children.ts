// The children of a znode: their paths, whole, since each is in memory already, in the order of creation. A list as long as
// nothing is deleted from it or it is short, which a million children take a third less memory and time to fill than a Set;
// a Set from the first deletion on. That one has to make it: some 20 ms in a directory of 100,000, once.

/** Lists are searched up to this length. */
const SEARCHED_MAX = 32

export class Children implements Iterable<string> {
  private paths: string[] | Set<string> = []

  get size(): number {
    return Array.isArray(this.paths) ? this.paths.length : this.paths.size
  }

  has(path: string): boolean {
    return Array.isArray(this.paths) ? this.paths.includes(path) : this.paths.has(path)
  }

  /** It must not be there yet. */
  add(path: string): void {
    if (Array.isArray(this.paths)) this.paths.push(path)
    else this.paths.add(path)
  }

  /** Nothing happens when it is not there. */
  delete(path: string): void {
    const { paths } = this
    if (!Array.isArray(paths)) {
      paths.delete(path)
    } else if (paths.length <= SEARCHED_MAX) {
      const at = paths.indexOf(path)
      if (at >= 0) paths.splice(at, 1)
    } else {
      const set = new Set(paths)
      set.delete(path)
      this.paths = set
    }
  }

  /** As they are now. */
  copy(): string[] {
    return Array.isArray(this.paths) ? this.paths.slice() : [...this.paths]
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.paths.values()
  }
}
