-- A worker that fences its transactions with a term that it was handed: it can hold off the end of that term while
-- its transaction runs, but neither begin nor end one, nor change history. fence_touch means nothing; the right to
-- update it is what PostgreSQL asks of whoever locks a row.
-- Replace ${schema}, ${prefix} and ${role}; run as who owns the schema and the tables.
grant usage on schema ${schema} to ${role};
grant select, update (fence_touch) on ${schema}.${prefix}leader_term to ${role};
