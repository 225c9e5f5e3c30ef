-- SPDX-License-Identifier: Apache-2.0
-- One batch of changes: 1 % of the rows updated, 0.1 % deleted, 0.5 % more inserted, picked by a hash
-- of the key and of the variable `batch`.
BEGIN;
CREATE TEMP TABLE pick ON COMMIT DROP AS
SELECT custkey, ('x' || substr(md5(custkey || '/' || :'batch'), 1, 7))::bit(28)::int % 1000 AS part
FROM burst_bank.customer;
INSERT INTO burst_bank.customer
SELECT (100000000 * :batch + row_number() OVER (ORDER BY custkey))::text, first_name, last_name, street,
       city, state, postcode, country, phone, dob, gender, married, ssn, paycheck_dd,
       estimated_income + :batch, fico, registration_date
FROM burst_bank.customer JOIN pick USING (custkey) WHERE part BETWEEN 11 AND 15;
UPDATE burst_bank.customer AS c
SET street = 'Moved ' || :'batch' || ' ' || coalesce(street, ''), fico = fico + 1,
    estimated_income = round(estimated_income * 1.03, 2)
FROM pick WHERE pick.custkey = c.custkey AND part < 10;
DELETE FROM burst_bank.customer AS c USING pick WHERE pick.custkey = c.custkey AND part = 10;
COMMIT;
