/** Puts the clock of a process, and of every Node that it starts, at another time; timers run on as ever. Only `test/odd.ts` loads it. */
const { ODD_TIME, ODD_BEGAN_MS } = process.env
if (ODD_TIME === undefined || ODD_BEGAN_MS === undefined) throw new Error('ODD_TIME and ODD_BEGAN_MS are not set')

const RealDate = Date
const ahead = RealDate.parse(ODD_TIME) - Number(ODD_BEGAN_MS)
const now = () => RealDate.now() + ahead

const OddDate = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
})
RealDate.prototype.constructor = OddDate
globalThis.Date = OddDate
