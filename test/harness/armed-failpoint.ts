/**
 * Bundled in the place of `shared/process/failpoint.ts`: ends this process, as a crash would, when it passes the place that
 * `OVERLAY_FAILPOINT=NAME:N` names for the Nth time.
 */
const setting = process.env['OVERLAY_FAILPOINT'] ?? ''
// Names have colons of their own.
const colon = setting.lastIndexOf(':')
const [armed, times] = [setting.slice(0, colon), Number(setting.slice(colon + 1))]
let passes = 0

export function failpoint(name: string): void {
  if (name !== armed) return
  passes += 1
  if (passes === times) process.kill(process.pid, 'SIGKILL')
}
