-- A process that stands for elections: reads, adds and changes rows; deletes and alters nothing.
-- Replace ${schema} (the database), ${prefix} and ${role}, such as 'orders'@'%'.
grant select, insert, update on ${schema}.${prefix}leader_lease to ${role};
grant select, insert, update on ${schema}.${prefix}leader_term to ${role};
grant select on ${schema}.${prefix}leader_installation to ${role};
grant select on ${schema}.${prefix}leader_status to ${role};
