import { expect, test } from 'vitest'
import { type Command, commandOf } from './command.ts'

const help: Command = { kind: 'help' }
const personality = (name?: string): Command => ({ kind: 'personality', name })
const unknown = (text: string): Command => ({ kind: 'unknown', text })

test.each<[text: string, command: Command | undefined]>([
  ['help', help],
  ['info', help],
  ['  /HELP\n', help],
  ['\u00a0Help\t', help],
  ['rotate', { kind: 'rotate' }],
  ['/reset', { kind: 'reset' }],
  ['MODEL', { kind: 'model' }],
  ['personality', personality()],
  ['/personality', personality()],
  ['Personality Spanish', personality('Spanish')],
  ['/personality \t none ', personality('none')],
  ['personality disorder', personality('disorder')],
  ['/nonsense', unknown('/nonsense')],
  ['/personalty spanish', unknown('/personalty spanish')],
  ['/reset now', unknown('/reset now')],
  ['/__proto__', undefined],
  ['/constructor', unknown('/constructor')],
  ['constructor', undefined],
  ['reset my password please', undefined],
  ['help me write a letter', undefined],
  ['help me', undefined],
  ['/help me write a letter', undefined],
  ['personality of a cat', undefined],
  ['/personality of a cat', undefined],
  ['personality\nspanish', undefined],
  ['help\nplease', undefined],
  ['reset.', undefined],
  ['what does reset do', undefined],
  ['/etc/passwd', undefined],
  ['/ help', undefined],
  ['//help', undefined],
  ['', undefined],
  ['hello', undefined],
])('the message %j is the command %j', (text, command) => {
  expect(commandOf(text)).toEqual(command)
})
