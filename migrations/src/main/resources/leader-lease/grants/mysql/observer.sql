-- A dashboard or person that only looks who leads.
-- Replace ${schema} (the database), ${prefix} and ${role}, such as 'dashboard'@'%'.
grant select on ${schema}.${prefix}leader_lease to ${role};
grant select on ${schema}.${prefix}leader_term to ${role};
grant select on ${schema}.${prefix}leader_installation to ${role};
grant select on ${schema}.${prefix}leader_status to ${role};
