import { expect, test } from 'vitest'
import { readIp4, readIp6 } from '../../../src/base/ip.ts'

test('an IPv4 address lies in a /24 and a /16', () => {
  expect(readIp4('8.8.4.200')).toEqual({
    host: 'ip4/8.8.4.200',
    subnet: 'ip4/8.8.4',
    netgroup: 'ip4/8.8',
    reach: 'public',
  })
})

test('an IPv6 address lies in a /64, a /48 and a /32, however it is written', () => {
  const ip = {
    host: 'ip6/2001:db8:1:2',
    subnet: 'ip6/2001:db8:1',
    netgroup: 'ip6/2001:db8',
    reach: 'public',
  }
  expect(readIp6('2001:db8:1:2:3:4:5:6')).toEqual(ip)
  expect(readIp6('2001:0DB8:0001:2::6')).toEqual(ip)
})

test.each([
  ['0.0.0.0', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['10.0.0.1', 'local'],
  ['172.16.0.1', 'local'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'local'],
  ['192.169.1.1', 'public'],
  ['169.254.0.1', 'local'],
  ['100.64.0.1', 'local'],
  ['100.128.0.1', 'public'],
  ['1.1.1.1', 'public'],
])('%s is reached from: %s', (text, reach) => {
  expect(readIp4(text)?.reach).toBe(reach)
})

test.each([
  ['::', 'loopback'],
  ['::1', 'loopback'],
  ['::2', 'public'],
  ['fe80::1', 'local'],
  ['fd00::1', 'local'],
  ['2a00::1', 'public'],
  ['::ffff:10.0.0.1', undefined],
  ['::ffff:a00:1', 'local'],
  ['::ffff:808:808', 'public'],
])('%s is reached from: %s', (text, reach) => {
  expect(readIp6(text)?.reach).toBe(reach)
})

test.each(['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.x'])(
  '"%s" is no IPv4 address',
  (text) => expect(readIp4(text)).toBeUndefined(),
)

test.each(['', ':', '1::2::3', '1:2:3', '1:2:3:4:5:6:7:8:9', 'g::', '12345::'])(
  '"%s" is no IPv6 address',
  (text) => expect(readIp6(text)).toBeUndefined(),
)
