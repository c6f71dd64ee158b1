import { describe, expect, it } from 'vitest';
import { Domains, domainOf } from './domains.ts';
import { findLinks } from './find-links.ts';

describe('finding links', () => {
  it.each([
    ['see https://Evil.Example.com/a?b#c now', ['evil.example.com']],
    ['evil.com', ['evil.com']],
    ['go to www.evil.com/x.', ['www.evil.com']],
    ['(evil.com), [b](http://b.org)', ['evil.com', 'b.org']],
    ['https://good.com@evil.com/', ['evil.com']],
    ['https://good.com:443@evil.com', ['evil.com']],
    ['good.com@evil.com', ['evil.com']],
    ['good.com@evil.com/login', ['evil.com']],
    ['mail bob@evil.com or john.smith@evil.com', []],
    ['http://ｅｖｉｌ。ｃｏｍ', ['evil.com']],
    ['ｅｖｉｌ．ｃｏｍ', ['evil.com']],
    ['ev\u200bil.c\u00adom', ['evil.com']],
    ['https://пример.рф/', ['xn--e1afmkfd.xn--p1ai']],
    ['пример.рф', ['xn--e1afmkfd.xn--p1ai']],
    ['https://xn--e1afmkfd.xn--p1ai', ['xn--e1afmkfd.xn--p1ai']],
    ['https:\\\\evil.com\\x', ['evil.com']],
    ['https:evil.com', ['evil.com']],
    ['//evil.com/x', ['evil.com']],
    ['tg://evil.com', ['evil.com']],
    ['http://0x7f.1/', ['127.0.0.1']],
    ['http://2130706433/', ['127.0.0.1']],
    ['10.0.0.1:8080', ['10.0.0.1']],
    ['http://ev%69l.com', ['evil.com']],
    ['看https://evil.com吧', ['evil.com']],
    ['看 evil.com吧', ['evil.com']],
    ['http://a.com/http://b.com', ['a.com', 'b.com']],
    ['evil.com:8080/x', ['evil.com']],
    ['http://localhost:3000', ['localhost']],
    ['version 1.2.3.4, node.js, file.txt, e.g. this...and that', []],
    ['nothing here. Nor here: 3:4 a/b', []],
  ])('in %j finds %j', (text, hosts) => {
    expect(findLinks(text)).toEqual(hosts);
  });

  it('stays quick on texts made to make it slow', () => {
    const began = performance.now();
    for (const text of ['a.'.repeat(8_000), 'a.co '.repeat(3_200), 'http://'.repeat(2_300), '//'.repeat(8_000), '@a.co'.repeat(3_000), ':'.repeat(16_000), 'x:'.repeat(8_000), `http://${'a@'.repeat(8_000)}`, 'é.co '.repeat(3_000), '.'.repeat(16_000), 'a-'.repeat(8_000)]) findLinks(text);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('domains', () => {
  it('have what is below them, by whole labels, however it is written', () => {
    const domains = new Domains(['Evil.com', '*.bad.example', 'пример.рф']);
    for (const text of ['evil.com', 'a.b.evil.com', 'https://EVIL.com.', 'x.bad.example/a', 'https://bad.example', 'https://xn--e1afmkfd.xn--p1ai', 'пример.рф']) {
      expect(findLinks(text.includes('bad.example') && !text.includes('//') ? `https://${text}` : text).some((host) => domains.has(host)), text).toBe(true);
    }
    for (const text of ['notevil.com', 'evil.com.org', 'evil.co', 'com']) expect(findLinks(text).some((host) => domains.has(host)), text).toBe(false);
  });

  it('are told from what is none', () => {
    expect(domainOf('evil.com')).toBe('evil.com');
    for (const none of ['https://evil.com', 'evil.com/x', 'a b', '', '@', '.', 'evil.com:80']) expect(domainOf(none), none).toBeNull();
  });
});
