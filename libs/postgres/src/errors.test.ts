import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import { ConnectionLost, isSerializationFailure, isUnavailable, sqlState } from './index.ts';

const answered = (code: string) => Object.assign(new DatabaseError('in words that nobody reads', 1, 'error'), { code });
const ofNode = (code: string) => Object.assign(new Error('in words that nobody reads'), { code });

describe('isUnavailable', () => {
  test.each(['57P01', '57P02', '57P03', '08006', '53300', '53100', '57014', '55P03', '40001', '40P01', '25006'])('SQLSTATE %s may pass', (code) => {
    expect(isUnavailable(answered(code))).toBe(true);
  });
  test.each(['23505', '22P05', '42P01', '42601', '28P01', '3D000', '57000'])('SQLSTATE %s will not pass by itself', (code) => {
    expect(isUnavailable(answered(code))).toBe(false);
  });
  test.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'ENOENT'])('%s of node may pass', (code) => {
    expect(isUnavailable(ofNode(code))).toBe(true);
  });
  test('a host is away when all of its addresses are', () => {
    expect(isUnavailable(new AggregateError([ofNode('ECONNREFUSED'), ofNode('EHOSTUNREACH')]))).toBe(true);
    expect(isUnavailable(new AggregateError([ofNode('ECONNREFUSED'), ofNode('EACCES')]))).toBe(false);
    expect(isUnavailable(new AggregateError([]))).toBe(false);
  });
  test('words alone mean nothing', () => {
    expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(false);
    expect(isUnavailable(new ConnectionLost('whatever'))).toBe(true);
    expect(isUnavailable('ECONNREFUSED')).toBe(false);
  });
});

test('only deadlocks and serialization failures may be run again at once', () => {
  expect(['40001', '40P01', '55P03', '57014'].map((code) => isSerializationFailure(answered(code)))).toEqual([true, true, false, false]);
  expect(sqlState(ofNode('ECONNRESET'))).toBe(null);
});
