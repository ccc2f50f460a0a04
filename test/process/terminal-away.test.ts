/** The terminal client when the person written to is away: their peer alone, or their proxy too. */
import { expect, test } from 'vitest'
import { Fleet } from '../harness/fleet.ts'
import { persons } from '../harness/overlay.ts'
import { PeerClient } from '../harness/peer-client.ts'
import { clientCommand, KEYS, PseudoTerminal, runInPipe } from '../harness/terminal.ts'

test('whoever is away gets the message later, which is said both times, with or without their proxy', async () => {
  await using fleet = await Fleet.open({ config: persons('alice', 'joe') })
  await fleet.startAll('alice', 'joe')
  using ofAlice = await PeerClient.connect(fleet.peer(0))
  await ofAlice.sees('joe', { online: true })
  const command = clientCommand('alice', fleet.base, ['--config', fleet.config])
  await using terminal = PseudoTerminal.open(command, { env: { NO_COLOR: '1' } })
  await terminal.shows(/Online: joe\.\nalice>$/)
  const timesShown = (words: string) => terminal.text.split(words).length - 1

  await fleet.life('peer joe').stop()
  await ofAlice.sees('joe', { online: false })
  terminal.type(`joe: without your peer${KEYS.enter}joe: half`)
  await terminal.shows(/without your peer\nUser 'joe' is offline\. Message saved\.\nalice> joe: half$/)
  expect(await runInPipe(command, 'joe: from a pipe\n')).toEqual({
    code: 0,
    out: "User 'joe' is offline. Message saved.\n",
    err: '',
  })
  await fleet.start('peer', 'joe')
  await terminal.shows(/\njoe has it now: without your peer\nalice> joe: half$/)

  await Promise.all([fleet.life('peer joe').stop(), fleet.life('proxy joe').stop()])
  terminal.type(` a line${KEYS.enter}`)
  await terminal.shows(/half a line\nUser 'joe' is offline\. Message saved\.\nalice>$/)
  await Promise.all([fleet.start('proxy', 'joe'), fleet.start('peer', 'joe')])
  await terminal.shows(/\njoe has it now: half a line\nalice>$/)
  expect([timesShown('is offline'), timesShown('has it now')]).toEqual([2, 2])
  using joe = await PeerClient.connect(fleet.peer(1))
  const texts = (await joe.history('alice')).map(({ message }) => message)
  expect(texts).toEqual(['without your peer', 'from a pipe', 'half a line'])
})
