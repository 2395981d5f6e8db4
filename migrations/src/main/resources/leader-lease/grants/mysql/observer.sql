-- A dashboard or person that only looks who leads.
-- Replace ${schema} (the database), ${prefix} and ${role}, such as 'dashboard'@'%'.
grant select on ${schema}.${prefix}leader_lease to ${role};
grant select on ${schema}.${prefix}leader_term to ${role};
grant select on ${schema}.${prefix}leader_installation to ${role};
grant select on ${schema}.${prefix}leader_status to ${role};
grant select on ${schema}.${prefix}leader_node to ${role};
grant select on ${schema}.${prefix}leader_candidate to ${role};
grant select on ${schema}.${prefix}leader_candidates to ${role};
