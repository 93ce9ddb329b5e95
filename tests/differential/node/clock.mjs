// The clock that the packages see: they read it through the global Date alone.
const RealDate = Date
let now = 0
export const setNow = (milliseconds) => {
  now = milliseconds
}
globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [now]))
  }
  static now() {
    return now
  }
}
