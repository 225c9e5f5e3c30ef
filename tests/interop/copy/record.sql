-- SPDX-License-Identifier: Apache-2.0
CREATE EXTENSION hstore;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN price AS numeric(10, 2);
CREATE DOMAIN list_price AS price;
CREATE TYPE pair AS (a int, b text, c numeric(6, 3)[]);
CREATE TABLE all_types (
  id int PRIMARY KEY,
  b bool, i2 int2, i4 int4, i8 int8, o oid, x8 xid8, f4 float4, f8 float8,
  n10_2 numeric(10, 2), n38_10 numeric(38, 10), n38_0 numeric(38, 0), n_any numeric, n_big numeric(60, 20),
  n_neg numeric(3, -2), n_small numeric(2, 4), pr list_price,
  t text, vc varchar(10), c char(5), by bytea, d date, ts timestamp, tz timestamptz, tm time, ttz timetz, iv interval,
  u uuid, j json, jb jsonb, e mood, m money, bt bit(5), vb varbit, ine inet, ci cidr, ma macaddr, m8 macaddr8, lsn pg_lsn, ti tid,
  ai int4[], at text[], an numeric(8, 3)[], ae mood[], ap point[],
  co pair, r4 int4range, rn numrange, h hstore, p point, tv tsvector, x xml
);
INSERT INTO all_types VALUES (1,
  true, 32767, 2147483647, 9223372036854775807, 4294967295, '18446744073709551615', 3.4028235e38, 1.7976931348623157e308,
  99999999.99, 9999999999999999999999999999.9999999999, 99999999999999999999999999999999999999, 123456789012345678901234567890123456789012345678901234567890.00012300, 1e39,
  99900, 0.0099, 12345678.90,
  'plain', 'zehn Zeich', 'abc', '\x00ff10', '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00', '23:59:59.999999', '23:59:59.999999+15:59', '1 year 2 months 3 days 04:05:06.789',
  'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"b" : 1, "a":[1.0]}', '{"b" : 1, "a":[1.0]}', 'happy', '12345.67', B'10110', B'1011011101', '192.168.1.5/24', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '16/B374D848', '(42,7)',
  '{1,2,NULL,-4}', ARRAY['a', NULL, 'ein längerer Text'], '{1.5,NULL,-99999.999}', '{sad,happy}', ARRAY[point(1,2), point(3,4)],
  ROW(7, 'x', '{1.5,2.25}'), '[1,10)', '(,2.5]', 'a=>1, long_key=>NULL', '(1.5,-2)', 'a:1 fat:2,4B', '<a>1</a>');
INSERT INTO all_types VALUES (2,
  false, -32768, -2147483648, -9223372036854775808, 0, '0', '-1e-45', '4.9e-324',
  -99999999.99, -0.0000000001, -99999999999999999999999999999999999999, -0.000000000000000000000000000000000001, -1.5,
  -100, -0.0001, -0.01,
  '', '', '', '', '0001-01-01', '0001-01-01 00:00:00', '0001-01-01 00:00:00+00', '00:00:00', '00:00:00-15:59:59', '-1 year -2 months +3 days -04:05:06.7',
  '00000000-0000-0000-0000-000000000000', 'null', 'null', 'sad', '-0.01', B'00000', B'', '::1', '::ffff:1.2.3.0/120', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00:00:00', '0/0', '(0,0)',
  '{}', '{}', '{}', '{}', '{}',
  ROW(NULL, NULL, NULL), 'empty', '(,)', '', '(0,0)', '', '<!-- c --><b/>');
INSERT INTO all_types (id) VALUES (3);
INSERT INTO all_types (id, f4, f8, n_any, n_big, t, c, d, ts, tz, ttz, iv, ine, ci, ai, h, rn) VALUES (4,
  'NaN', '-Infinity', 'NaN', 12345678901234567890.12345678901234567890, E'ünï\tcödé 𐐭 text that is long', 'ü', '4713-01-01 BC', '4713-01-01 00:00:00 BC', '1969-12-31 23:59:59.999999+00', '12:34:56+00', '0', '2001:db8::1/64', '2001:db8::/32', '{0}', '"quo\"te"=>"x y"', '[0,0]');
INSERT INTO all_types (id, f4, f8, n_any, n10_2, d, ts, tz, ttz, iv, ine) VALUES (5,
  'Infinity', 'NaN', 'Infinity', 0, '5874897-12-31', '294246-12-31 23:59:59.999999', '1970-01-01 00:00:00+00', '01:02:03.4-05:30', '178000000 years', '::ffff:255.254.253.252');
INSERT INTO all_types (id, n_any, n10_2, n38_10, pr, iv, ine, d) VALUES
  (6, '-Infinity', 0.01, 1, 1, '-178000000 years', '::', '2000-01-01'),
  (7, 10000, 10000, 10000, 10000, '100 hours', '1:0:0:2::', '1999-12-31'),
  (8, 1e-20, 1.10, 0.00001, 0.10, '-0.000001 seconds', '::2:3:4', '2000-02-29'),
  (9, 1e300, 9999.99, 99999999.00000001, 99999.99, '59 minutes 60.5 seconds', 'fe80::1', '1900-03-01'),
  (10, 12340000.0000, 12340000, 12340000.0000001, 1234.5, '1 mon -1 days', '1.2.3.4/32', '1582-10-10');
INSERT INTO all_types (id, i4, i8, n10_2, t, d)
  SELECT 100 + n, n * 1000003, n::int8 * n * 1000003, (n * 137 % 100000) / 100.0, repeat('x', n), date '2024-01-01' + n FROM generate_series(0, 40) n;
