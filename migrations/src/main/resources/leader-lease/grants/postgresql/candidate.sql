-- A process that stands for elections: reads, adds and changes rows; deletes and alters nothing.
-- Replace ${schema}, ${prefix} and ${role}; run as who owns the schema and the tables.
grant usage on schema ${schema} to ${role};
grant select, insert, update on ${schema}.${prefix}leader_lease, ${schema}.${prefix}leader_term to ${role};
grant select on ${schema}.${prefix}leader_installation, ${schema}.${prefix}leader_status to ${role};
