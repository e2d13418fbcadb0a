import { expect, test } from 'vitest';
import { wishFaults } from './wish.ts';

const faultsOf = (url: string) => wishFaults({ url }, false);

test('an address is kept as it is called: one with a line break in it is refused', () => {
  for (const url of ['http://x.test/a\r\nb', 'http://x.test/\n', '\thttp://x.test/', 'http://x.te\nst/', 'http://x.test/\u0000']) {
    expect([url, faultsOf(url)]).toEqual([url, [{ path: 'url', message: expect.stringContaining('line breaks') }]]);
  }
});

test('any other web address is taken', () => {
  for (const url of ['http://x.test', 'https://x.test:8443/hook?a=b#c', 'http://127.0.0.1:9/é', 'http://[::1]/']) expect([url, faultsOf(url)]).toEqual([url, []]);
});
