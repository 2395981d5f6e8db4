-- A process that stands for elections: reads, adds and changes rows; deletes none but those that tell who stands for what.
-- Replace ${schema} (the database), ${prefix} and ${role}, such as 'orders'@'%'.
grant select, insert, update on ${schema}.${prefix}leader_lease to ${role};
grant select, insert, update on ${schema}.${prefix}leader_term to ${role};
grant select on ${schema}.${prefix}leader_installation to ${role};
grant select on ${schema}.${prefix}leader_status to ${role};
grant select, insert, update, delete on ${schema}.${prefix}leader_node to ${role};
grant select, insert, update, delete on ${schema}.${prefix}leader_candidate to ${role};
grant select on ${schema}.${prefix}leader_candidates to ${role};
