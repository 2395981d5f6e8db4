-- A process that stands for elections: reads, adds and changes rows; deletes none but those that tell who stands for what.
-- Replace ${schema}, ${prefix} and ${role}; run as who owns the schema and the tables.
grant usage on schema ${schema} to ${role};
grant select, insert, update on ${schema}.${prefix}leader_lease, ${schema}.${prefix}leader_term to ${role};
grant select, insert, update, delete on ${schema}.${prefix}leader_node, ${schema}.${prefix}leader_candidate to ${role};
grant select on ${schema}.${prefix}leader_installation, ${schema}.${prefix}leader_status,
  ${schema}.${prefix}leader_candidates to ${role};
