-- Nothing to change: on PostgreSQL this drops a check that made heartbeats dear. What is left is to fail, as there, where
-- the table is missing.
select token from ${prefix}leader_lease where 1 = 0;
