-- SPDX-License-Identifier: Apache-2.0
-- A bank's customers, generated: the same numbers give the same rows. Needs the variable `customers`.
CREATE SCHEMA burst_bank;

CREATE TABLE burst_bank.customer (
  custkey varchar(20) NOT NULL PRIMARY KEY,
  first_name varchar(40) NOT NULL,
  last_name varchar(40) NOT NULL,
  street varchar(80),
  city varchar(40),
  state char(2),
  postcode varchar(10),
  country varchar(40),
  phone varchar(20),
  dob varchar(10),
  gender varchar(10),
  married boolean,
  ssn varchar(11),
  paycheck_dd boolean,
  estimated_income numeric(12, 2),
  fico integer,
  registration_date date NOT NULL
);
COMMENT ON TABLE burst_bank.customer IS 'Customers of the bank, as of now';
COMMENT ON COLUMN burst_bank.customer.custkey IS 'Key of the customer';
COMMENT ON COLUMN burst_bank.customer.fico IS 'Credit score, 300 to 850';

INSERT INTO burst_bank.customer
SELECT
  (1000000 + n)::text,
  (ARRAY['Ada', 'Ben', 'Cora', 'Dan', 'Eva', 'Finn', 'Gina', 'Hugo', 'Iris', 'Jan', 'Kim', 'Lena',
         'Max', 'Nina', 'Otto', 'Pia', 'José', 'Zoë'])[1 + hash % 18],
  (ARRAY['Adler', 'Brown', 'Cole', 'Díaz', 'Evans', 'Fischer', 'García', 'Huang', 'Ito', 'Jones',
         'Khan', 'Lopez', 'Müller', 'Nguyen', 'O''Neil', 'Patel', 'Quinn', 'Rossi', 'Smith',
         'Tanaka'])[1 + hash / 18 % 20],
  CASE WHEN n % 97 <> 0 THEN (1 + hash % 9900)::text || ' ' ||
    (ARRAY['Main', 'Oak', 'Lake', 'Hill', 'Park', 'River'])[1 + hash / 7 % 6] || ' Street' END,
  (ARRAY['Boston', 'Austin', 'Denver', 'Fresno', 'Miami', 'Seattle'])[1 + place],
  (ARRAY['MA', 'TX', 'CO', 'CA', 'FL', 'WA'])[1 + place],
  lpad((hash % 100000)::text, 5, '0'),
  'US',
  '+1-' || lpad((hash % 1000)::text, 3, '0') || '-' || lpad((hash / 1000 % 10000)::text, 4, '0'),
  (date '1940-01-01' + (hash % 25000))::text,
  (ARRAY['female', 'male', 'other'])[1 + hash / 3 % 3],
  CASE WHEN n % 50 <> 0 THEN hash % 2 = 0 END,
  lpad((hash % 900)::text, 3, '0') || '-' || lpad((hash / 11 % 100)::text, 2, '0') || '-' ||
    lpad((hash / 13 % 10000)::text, 4, '0'),
  hash / 5 % 3 = 0,
  round(18000 + (hash % 20000000) / 100.0, 2),
  300 + hash / 17 % 551,
  date '2022-01-01' + (hash / 19 % 1096)
FROM (SELECT n, hash, hash / 23 % 6 AS place
      FROM (SELECT n, ('x' || substr(md5(n::text), 1, 7))::bit(28)::int AS hash
            FROM generate_series(1, :customers) AS n) AS numbers) AS customers;

ANALYZE burst_bank.customer;
