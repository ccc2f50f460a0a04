import { expect, test } from 'vitest'
import { privateAddress, privateHost } from './private-address.ts'

const hostOf = (host: string) => new URL(`http://${host}/`).hostname

test.each([
  '127.0.0.1 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7f.1 0177.0.0.1 017700000001 127.000.000.001',
  '0.0.0.0 0 0x0 [::] [::1] [0:0:0:0:0:0:0:1] [::0001] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1]',
  '[::127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [::ffff:0:127.0.0.1] [64:ff9b:1::1]',
  '10.0.0.1 0xa000001 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.255.255 198.18.0.1 240.0.0.1',
  '169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] 255.255.255.255',
  '[fe80::1] [fc00::1] [fd00:ec2::254] [fec0::1] [ff02::1] [100::1] [2001::1] [2001:db8::1] 224.0.0.1 192.0.0.1',
  'localhost LOCALHOST localhost. foo.localhost l%6fcalhost ｌｏｃａｌｈｏｓｔ １２７.０.０.１ 127。0。0。1 ①②⑦.0.0.1',
  'ollama nas.local llm.lan metadata.google.internal router.home.arpa me.localdomain OLLAMA. wiki.intranet',
])('an address that leads to a private network is known as one, however it is written: %s', spelled => {
  for (const host of spelled.split(' ')) expect([host, privateHost(hostOf(host))]).toEqual([host, expect.any(String)])
})

test.each([
  'api.openai.com api.openai.com. example.com localhost.example.com 1.1.1.1 8.8.8.8 172.32.0.1 172.15.0.1 100.128.0.1',
  '11.0.0.1 126.0.0.1 128.0.0.1 169.253.0.1 192.167.0.1 223.255.255.255 provider.test x.example internal.example',
  '[2606:4700:4700::1111] [2001:4860:4860::8888] [::ffff:8.8.8.8] [64:ff9b::808:808] [2002:808:808::]',
])('an address of the internet is none: %s', spelled => {
  for (const host of spelled.split(' ')) expect([host, privateHost(hostOf(host))]).toEqual([host, undefined])
})

test('what a lookup finds is told in the way of the system, and what is no address leads nowhere', () => {
  for (const found of ['::ffff:10.0.0.1', 'fe80::1%eth0', '::1', '127.0.0.53', 'nonsense', ''])
    expect([found, privateAddress(found)]).toEqual([found, expect.any(String)])
  expect(privateAddress('2606:4700:4700::1111')).toBeUndefined()
})
