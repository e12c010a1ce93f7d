// Whether an IP address belongs to the public internet; pure, and in doubt it says no.
import { BlockList, isIP } from 'node:net';

/**
 * True for globally reachable unicast addresses (IANA special-purpose registries, RFC 6890). Loopback, private, link-local,
 * metadata, multicast, documentation and translated addresses (IPv4 in IPv6 of any kind) are not.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC_4.check(address, 'ipv4');
    case 6:
      return GLOBAL_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6');
    default:
      return false;
  }
}

const NOT_PUBLIC_4 = listOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '168.63.129.16/32', // Azure's platform address: public by number, answers only the machine itself
]);

// All global unicast space that has been given out so far; what lies outside holds loopback, ULA, link-local and mapped IPv4.
const GLOBAL_6 = listOf('ipv6', ['2000::/3']);
const NOT_PUBLIC_6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

function listOf(family: 'ipv4' | 'ipv6', nets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const net of nets) {
    const [address = '', bits = ''] = net.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
