-- A dashboard or person that only looks who leads.
-- Replace ${schema}, ${prefix} and ${role}; run as who owns the schema and the tables.
grant usage on schema ${schema} to ${role};
grant select on ${schema}.${prefix}leader_lease, ${schema}.${prefix}leader_term, ${schema}.${prefix}leader_installation,
  ${schema}.${prefix}leader_node, ${schema}.${prefix}leader_candidate, ${schema}.${prefix}leader_status,
  ${schema}.${prefix}leader_candidates to ${role};
