import { describe, expect, it } from 'vitest';
import { array, assert, constantFrom, oneof, property, string, webUrl } from 'fast-check';
import { linkify } from './linkify.ts';

const links = (text: string) => linkify(text).filter((token) => token.kind === 'link').map((token) => token.text);

describe('linkify', () => {
  it('finds addresses and leaves the text round them alone', () => {
    expect(linkify('see https://example.org/a?b=1#c now')).toEqual([
      { kind: 'text', text: 'see ' },
      { kind: 'link', text: 'https://example.org/a?b=1#c', href: 'https://example.org/a?b=1#c' },
      { kind: 'text', text: ' now' },
    ]);
  });

  it.each([
    ['(see https://example.org/a)', 'https://example.org/a'],
    ['https://en.wikipedia.org/wiki/Parley_(band)', 'https://en.wikipedia.org/wiki/Parley_(band)'],
    ['Go to https://example.org/a, then', 'https://example.org/a'],
    ['Is it https://example.org?!', 'https://example.org'],
    ['[link](https://example.org/x).', 'https://example.org/x'],
    ['<https://example.org/y>', 'https://example.org/y'],
    ['http://localhost:8080/x', 'http://localhost:8080/x'],
    ['https://مثال.إختبار/صفحة', 'https://مثال.إختبار/صفحة'],
  ])('reads %j as a person would', (text, link) => {
    expect(links(text)).toEqual([link]);
  });

  it.each([
    ['javascript:alert(1)'],
    ['JaVaScRiPt://example.org/%0aalert(1)'],
    ['data:text/html,<script>alert(1)</script>'],
    ['vbscript:msgbox'],
    ['file:///etc/passwd'],
    ['ftp://example.org'],
    ['xhttps://example.org'],
    ['https://'],
    ['http://:80'],
    ['https://bank.example@evil.example/'],
    ['https://user:secret@example.org/'],
    ['https://exa mple'.replace('exa', '')],
  ])('never makes %j clickable', (text) => {
    expect(links(text)).toEqual([]);
  });

  it('ends an address at characters that turn or hide text', () => {
    expect(links('https://example.org/\u202Egpj.exe')).toEqual(['https://example.org/']);
    expect(links('https://example.org/a\u200Bb')).toEqual(['https://example.org/a']);
  });

  it('keeps markup as text', () => {
    const text = '<img src=x onerror=alert(1)> https://example.org/"onmouseover="alert(1)';
    const tokens = linkify(text);
    expect(tokens.map((token) => token.text).join('')).toBe(text);
    expect(links(text)).toEqual(['https://example.org/']);
  });

  it('loses no character of any text, and links to nothing but http and https', () => {
    const piece = oneof(string({ unit: 'grapheme' }), webUrl(), constantFrom('https://', 'http://a', '(', ')', '.', '\u202e', 'javascript:', '@', '"', '<'));
    assert(property(array(piece).map((pieces) => pieces.join('')), (text) => {
      const tokens = linkify(text);
      expect(tokens.map((token) => token.text).join('')).toBe(text);
      for (const token of tokens) {
        expect(token.kind === 'text' || /^https?:\/\//.test(token.href)).toBe(true);
      }
    }));
  });

  it('stays quick on text made to make it slow', () => {
    const started = performance.now();
    linkify(`https://a${')'.repeat(16_000)}`);
    linkify('https://a.'.repeat(1_600));
    linkify('https://a.b/c) '.repeat(1_000));
    linkify(`https://a/${')'.repeat(2_000)} `.repeat(8));
    linkify(`https://a${'.)'.repeat(8_000)}`);
    linkify(`https://a${'.'.repeat(8_000)}b`);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
